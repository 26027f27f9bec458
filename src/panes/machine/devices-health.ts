import { socketMemoryUse } from '../../entities/machine/socket-memory.ts';
import { plain } from '../../lib/plain.ts';
import { cut, fit } from '../../lib/text-width.ts';
import { count, percent } from '../../lib/units.ts';
import type { PciErrors } from '../../sources/machine/aer.ts';
import type { ConntrackTable } from '../../sources/machine/conntrack.ts';
import type { CpuFrequency } from '../../sources/machine/cpufreq.ts';
import type { MemoryController } from '../../sources/machine/edac.ts';
import type { OpenFiles } from '../../sources/machine/file-nr.ts';
import { interruptTotal } from '../../sources/machine/interrupts.ts';
import { actionText, isDegraded, isNotAssembled, type RaidArray } from '../../sources/machine/mdstat.ts';
import { heatOf, type Sensor } from '../../sources/machine/sensors.ts';
import type { SocketMemory } from '../../sources/machine/sockstat.ts';
import { throttleTotals, type Throttling } from '../../sources/machine/thermal-throttle.ts';
import type { Moment, Seen } from '../../timeline/moment.ts';
import { grade, limits } from '../../thresholds.ts';
import type { Role } from '../../theme.ts';
import type { LinesSection } from '../pane.ts';
import type { DeviceNeeds } from './devices.ts';
import { isWhole, stateOf, stateWords } from '../../timeline/reading-state.ts';

/** One line of the section. */
interface Line {
  readonly label: string;
  readonly text: string;
  readonly role: Role;
}

export interface HealthModel {
  readonly lines: readonly Line[];
  /** Counters and drivers that are not present: `EDAC driver`. */
  readonly absent: readonly string[];
}

export function healthModel(moment: Moment<DeviceNeeds>): HealthModel {
  const lines: Line[] = [];
  const absent: string[] = [];
  const add = <Sample>(
    label: string,
    name: string,
    seen: Seen<Sample | undefined>,
    lineOf: (now: Sample, before: Sample | undefined) => Omit<Line, 'label'> | undefined,
  ): void => {
    const line = seen.now === undefined ? undefined : lineOf(seen.now, seen.before);
    const state = stateOf(seen);
    if (line) lines.push({ label, ...line });
    else if (isWhole(state)) absent.push(name);
    else if (state.state !== 'not read yet') lines.push({ label, text: stateWords(state), role: 'dim' });
  };
  add('raid', 'software RAID', moment.mdstat, raid);
  add('edac', 'EDAC driver', moment.edac, (now) => memory(now, moment.edac.history[0]?.sample));
  add('mce', 'MCE counters', moment.interrupts, (now) => machineChecks(interruptTotal(now, 'MCE')));
  add('aer', 'PCIe AER counters', moment.aer, pcie);
  add('throttle', 'thermal throttle counters', moment.thermalThrottle, throttle);
  add('temp', 'temperature sensors', moment.sensors, heat);
  add('cpufreq', 'cpufreq', moment.cpufreq, clock);
  add('files', 'file-nr', moment.fileNr, files);
  // Most hosts track no connections: that is nothing to name.
  if (moment.conntrack.now) lines.push({ label: 'ct', ...tracked(moment.conntrack.now) });
  const sockets = moment.sockstat.now && socketMemory(moment.sockstat.now);
  if (sockets) lines.push({ label: 'sockets', ...sockets });
  return { lines, absent };
}

const kindOf = ({ state, containerFormat }: RaidArray): string =>
  containerFormat === undefined ? state : `container (${containerFormat})`;

function raid(arrays: readonly RaidArray[]): Omit<Line, 'label'> | undefined {
  if (arrays.length === 0) return undefined;
  const texts = arrays.map((array) => {
    const disks = array.wanted === undefined ? '' : ` ${array.working}/${array.wanted}`;
    const action = actionText(array);
    const failed = array.failed.length > 0 ? ` failed ${array.failed.join(' ')}` : '';
    return `${array.name} ${array.level ?? kindOf(array)}${disks}${failed}${action === undefined ? '' : ` ${action}`}`;
  });
  const trouble = arrays.some((array) => array.failed.length > 0 || isNotAssembled(array));
  return { text: texts.join(' · '), role: arrays.some(isDegraded) ? 'crit' : trouble ? 'warn' : 'text' };
}

/** Sum of the known values; undefined when none is. */
function sumOf<Item>(items: readonly Item[], pick: (item: Item) => number | undefined): number | undefined {
  const known = items.flatMap((item) => pick(item) ?? []);
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
}

function memory(
  controllers: readonly MemoryController[],
  first: readonly MemoryController[] | undefined,
): Omit<Line, 'label'> {
  const corrected = sumOf(controllers, (one) => one.corrected);
  const uncorrected = sumOf(controllers, (one) => one.uncorrected);
  // Corrected errors of the past are history; a growing count is not.
  const grows = (corrected ?? 0) > (sumOf(first ?? controllers, (one) => one.corrected) ?? 0);
  const bad = controllers
    .flatMap(({ modules }) => modules)
    .filter((module) => (module.corrected ?? 0) + (module.uncorrected ?? 0) > 0)
    .map((module) => `${module.label ?? module.id} ${count(module.corrected)}/${count(module.uncorrected)}`);
  return {
    text: [`corrected ${count(corrected)}, uncorrected ${count(uncorrected)}`, ...bad].join(' · '),
    role: (uncorrected ?? 0) > 0 ? 'crit' : grows ? 'warn' : 'text',
  };
}

const machineChecks = (total: number | undefined): Omit<Line, 'label'> | undefined =>
  total === undefined ? undefined : { text: `machine checks ${count(total)}`, role: total > 0 ? 'crit' : 'text' };

function pcie(devices: ReadonlyMap<string, PciErrors>): Omit<Line, 'label'> {
  const all = [...devices.values()];
  const fatal = sumOf(all, (one) => one.fatal);
  const nonFatal = sumOf(all, (one) => one.nonFatal);
  const correctable = sumOf(all, (one) => one.correctable);
  const bad = all.filter(({ kinds }) => kinds.length > 0).map(({ pci, kinds }) => `${pci} ${kinds.join(', ')}`);
  return {
    text: [`correctable ${count(correctable)}, non-fatal ${count(nonFatal)}, fatal ${count(fatal)}`, ...bad].join(
      ' · ',
    ),
    role: (fatal ?? 0) > 0 ? 'crit' : (nonFatal ?? 0) > 0 ? 'warn' : 'text',
  };
}

function throttle(now: Throttling, before: Throttling | undefined): Omit<Line, 'label'> {
  const [totals, earlier] = [throttleTotals(now), before && throttleTotals(before)];
  const more = earlier !== undefined && totals.cores + totals.packages > earlier.cores + earlier.packages;
  return {
    text: `throttled since boot: cores ${count(totals.cores)}, packages ${count(totals.packages)}${more ? ', now' : ''}`,
    role: more ? 'warn' : 'text',
  };
}

/** The three sensors nearest to their limits. */
function heat(sensors: readonly Sensor[]): Omit<Line, 'label'> | undefined {
  const known = sensors.filter(({ celsius }) => celsius !== undefined).toSorted((a, b) => heatOf(b) - heatOf(a));
  const [hottest] = known;
  if (!hottest) return undefined;
  const text = known
    .slice(0, 3)
    .map(({ chip, label, celsius, criticalCelsius, maxCelsius }) => {
      const limit = criticalCelsius ?? maxCelsius;
      return `${chip} ${label} ${celsius?.toFixed(0)}°C${limit === undefined ? '' : ` of ${limit.toFixed(0)}`}`;
    })
    .join(' · ');
  const above = (limit: (sensor: Sensor) => number | undefined) =>
    known.some((sensor) => (sensor.celsius ?? 0) >= (limit(sensor) ?? Infinity));
  const role = above((sensor) => sensor.criticalCelsius)
    ? 'crit'
    : above((sensor) => sensor.maxCelsius)
      ? 'warn'
      : 'text';
  return { text, role };
}

const gigahertz = (kHz: number | undefined): string => (kHz === undefined ? '' : `${(kHz / 1e6).toFixed(1)} GHz`);

function clock(now: CpuFrequency): Omit<Line, 'label'> {
  const capped = now.allowedKHz !== undefined && now.possibleKHz !== undefined && now.allowedKHz < now.possibleKHz;
  const parts = [
    [now.driver, now.governor].filter(Boolean).join(' '),
    now.preference ?? '',
    gigahertz(now.currentKHz) && `cpu0 ${gigahertz(now.currentKHz)} of ${gigahertz(now.possibleKHz)}`,
    capped ? `limited to ${gigahertz(now.allowedKHz)}` : '',
  ];
  return { text: parts.filter(Boolean).join(' · '), role: capped ? 'info' : 'text' };
}

function files({ open, maximum }: OpenFiles): Omit<Line, 'label'> {
  const usedPct = maximum === undefined || maximum === 0 ? undefined : (100 * open) / maximum;
  return {
    text:
      maximum === undefined
        ? `${count(open)} open, no limit`
        : `${count(open)} open of ${count(maximum)}, ${percent(usedPct)}`,
    role: (usedPct ?? 0) > 90 ? 'crit' : (usedPct ?? 0) > 70 ? 'warn' : 'text',
  };
}

function tracked({ connections, most }: ConntrackTable): Omit<Line, 'label'> {
  const usedPct = most ? (100 * connections) / most : undefined;
  return {
    text: `${count(connections)} tracked connections of ${most ? `${count(most)}, ${percent(usedPct)}` : 'no limit'}`,
    role: grade(usedPct, limits.conntrackUsedPct),
  };
}

/** Memory of sockets in pages, shown once it is near a limit or above a tenth of it. */
function socketMemory(protocols: readonly SocketMemory[]): Omit<Line, 'label'> | undefined {
  const used = protocols.flatMap((one) => {
    const use = socketMemoryUse(one);
    return use === undefined || use.usedPct < 10 ? [] : [{ ...use, protocol: one.protocol }];
  });
  const worst = used.toSorted((a, b) => b.usedPct - a.usedPct)[0];
  return (
    worst && {
      text: used
        .map(
          (use) => `${use.protocol} ${count(use.pages)} of ${count(use.maximumPages)} pages, ${percent(use.usedPct)}`,
        )
        .join(' · '),
      role: worst.grade,
    }
  );
}

const LABEL = 9;

const absentWords = ({ absent }: HealthModel): readonly string[] =>
  absent.map((name, i) => `${i === 0 ? 'not present: ' : ''}${name}${i < absent.length - 1 ? ',' : ''}`);

/** Phrases, as many in a line as fit. */
function wrapped(phrases: readonly string[], columns: number): readonly string[] {
  const all: string[] = [];
  for (const phrase of phrases) {
    const last = all.at(-1);
    if (last !== undefined && last.length + 1 + phrase.length <= columns) all[all.length - 1] = `${last} ${phrase}`;
    else all.push(cut(phrase, columns));
  }
  return all;
}

export const healthSection = (model: HealthModel): LinesSection => ({
  kind: 'lines',
  id: 'health',
  title: 'Errors and sensors',
  sources: [
    'mdstat',
    'edac',
    'interrupts',
    'aer',
    'thermal-throttle',
    'sensors',
    'cpufreq',
    'file-nr',
    'conntrack',
    'sockstat',
  ],
  wantRows: (columns) => Math.max(1, model.lines.length + wrapped(absentWords(model), columns).length),
  draw: (columns, rows, theme) => {
    const lines = model.lines.map(
      ({ label, text, role }) =>
        theme.paint('label', fit(label, LABEL)) + theme.paint(role, cut(plain(text), columns - LABEL)),
    );
    lines.push(...wrapped(absentWords(model), columns).map((line) => theme.paint('dim', line)));
    return lines.length === 0 ? [theme.paint('dim', cut('not read yet', columns))] : lines.slice(0, rows);
  },
});
