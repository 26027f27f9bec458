import { kib, percent } from '../../lib/units.ts';
import { grade, limits, milder } from '../../thresholds.ts';
import { busyHistory } from '../../sources/machine/cpu-rates.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { Role } from '../../theme.ts';
import { deviceNeeds, devicesModel, deviceSections, type DevicesModel } from './devices.ts';
import { cpusModel, cpusNeeds, cpusSection, type CpusModel } from './cpus.ts';
import { disksSection } from './devices-disks.ts';
import { nicsSection } from './devices-nics.ts';
import { slabNeeds, slabsModel, slabSections, type SlabsModel } from './slabs.ts';
import { machineFigures } from './figures.ts';
import { gpuRows, gpuSectionNeeds, gpuSections, type GpuRow } from './gpus.ts';
import { historyModel, historyNeeds, historySection, type HistoryModel } from './history.ts';
import { machineModel, machineNeeds, machineSection, type MachineModel } from './machine.ts';
import { memoryModel, memoryNeeds, memorySection, type MemoryModel } from './memory.ts';
import { nodesModel, nodesNeeds, nodesSection, type NodesModel } from './nodes.ts';
import { pressureModel, pressureNeeds, pressureSection, type PressureModel } from './pressure.ts';
import { definePane, type Section, type Tile } from '../pane.ts';

const needs = {
  ...machineNeeds,
  ...cpusNeeds,
  ...nodesNeeds,
  ...pressureNeeds,
  ...memoryNeeds,
  ...slabNeeds,
  ...deviceNeeds,
  ...gpuSectionNeeds,
  ...historyNeeds,
};

export interface HardwareModel {
  readonly read: boolean;
  readonly machine: MachineModel;
  readonly cpus: CpusModel;
  readonly nodes: NodesModel;
  readonly pressure: PressureModel;
  readonly memory: MemoryModel;
  readonly slabs: SlabsModel;
  readonly devices: DevicesModel;
  readonly gpus: readonly GpuRow[];
  readonly history: HistoryModel;
}

/** Sections in triage order: identity, CPU use, NUMA nodes, pressure, memory, devices. */
export const hardwarePane = definePane({
  id: 'hardware',
  title: 'Hardware',
  aliases: ['hw', 'cpu', 'cpus', 'numa', 'memory', 'mem', 'disk', 'disks', 'io', 'net', 'nic', 'nics', 'irq', 'gpu'],
  needs,
  model: hardwareModel,
  presence: (model) => (model.read ? 'present' : 'unknown'),
  sections: (model): readonly Section[] => [
    machineSection(model.machine),
    cpusSection(model.cpus),
    // With one node no memory is remote: its figures are those of the machine.
    ...(model.nodes.rows.length > 1 ? [nodesSection(model.nodes)] : []),
    pressureSection(model.pressure),
    memorySection(model.memory),
    ...gpuSections(model.gpus),
    ...deviceSections(model.devices),
    ...slabSections(model.slabs),
    historySection(model.history),
  ],
  tile,
  figures: machineFigures,
  glances: ({ devices: { disks, nics }, history }) => [disksSection(disks), nicsSection(nics), historySection(history)],
});

function hardwareModel(moment: Moment<typeof needs>): HardwareModel {
  const devices = devicesModel(moment);
  return {
    read: Object.values(moment).some(({ ageMs }) => ageMs !== undefined),
    machine: machineModel(moment),
    cpus: cpusModel(moment),
    nodes: nodesModel(moment, devices.byNode),
    pressure: pressureModel(moment),
    memory: memoryModel(moment),
    slabs: slabsModel(moment),
    devices,
    gpus: gpuRows(moment),
    history: historyModel(moment),
  };
}

const SPARK_STEPS = 40;
const rank = (role: Role | undefined): number => (role === 'crit' ? 2 : role === 'warn' ? 1 : 0);

function tile({ cpus, nodes, pressure, memory }: HardwareModel): Tile {
  const { all, loadPerCpu } = cpus;
  const load = loadPerCpu === undefined ? '' : `, load ${loadPerCpu.toFixed(2)} per CPU`;
  const usedPct = memory.availablePct === undefined ? undefined : 100 - memory.availablePct;
  const fullest = nodes.rows.reduce<(typeof nodes.rows)[number] | undefined>(
    (most, row) => ((row.usedPct ?? -1) > (most?.usedPct ?? -1) ? row : most),
    undefined,
  );
  const stalls = pressure.rows.filter(({ stall }) => stall);
  const worst = stalls.reduce<(typeof stalls)[number] | undefined>(
    (most, row) =>
      (rank(row.role) - rank(most?.role) || (row.stall?.avg10Pct ?? 0) - (most?.stall?.avg10Pct ?? -1)) > 0
        ? row
        : most,
    undefined,
  );
  return {
    figures: [
      {
        label: 'cpu',
        value: `${percent(all?.busyPct)}${load}`,
        role: milder(grade(all?.busyPct, limits.cpuBusyPct), cpus.saturated),
        spark: busyHistory(cpus.history, SPARK_STEPS),
      },
      {
        label: 'memory',
        value: `${kib(memory.now?.availableKiB)} of ${kib(memory.now?.totalKiB)} available`,
        role: grade(usedPct, limits.memoryUsedPct),
      },
      ...(nodes.rows.length > 1 && fullest
        ? [
            {
              label: 'NUMA',
              value: `${nodes.rows.length} nodes, node${fullest.node} ${percent(fullest.usedPct)} used`,
              role: grade(fullest.usedPct, limits.nodeUsedPct),
            },
          ]
        : []),
      ...(worst
        ? [
            {
              label: 'PSI',
              value: `${worst.resource} ${worst.kind} ${percent(worst.stall?.avg10Pct)}`,
              role: worst.role,
            },
          ]
        : []),
    ],
  };
}
