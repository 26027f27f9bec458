import { namespaceOf, nvmeFaults, smartFaults, type HealthFault } from '../../entities/storage/disk-health.ts';
import { zfsPoolRef } from '../../entities/storage/zfs-pool-ref.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { cut } from '../../lib/text-width.ts';
import { count, NONE } from '../../lib/units.ts';
import type { BlockDevice } from '../../sources/machine/block-devices.ts';
import type { NvmeHealth, NvmeHealthSample } from '../../sources/storage/nvme-health.ts';
import { smartLog, type SmartAttribute, type SmartLog } from '../../sources/storage/smart-log.ts';
import { zpoolStatus, type PoolDevice, type PoolStatus } from '../../sources/storage/zfs-pools.ts';
import { bindDetail } from '../../sources/source.ts';
import { nothingWords, stateOfDetail, stateWords, type NothingWords } from '../../timeline/reading-state.ts';
import { numberColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import { drawFigures, figure } from '../../ui/kit/figure-lines.ts';
import type { Column, Detail, LinesSection, TableSection } from '../pane.ts';

/** Disk with its health log, where that is read without being asked for. */
export interface DiskHealthRow {
  readonly disk: string;
  readonly device: BlockDevice | undefined;
  readonly health: NvmeHealth | undefined;
  readonly faults: readonly HealthFault[];
  /** Reason of no log. */
  readonly failed: string | undefined;
}

/** Disks that have SMART data: NVMe controllers by their log, others by name. */
export function diskHealthRows(
  devices: ReadonlyMap<string, BlockDevice> | undefined,
  now: NvmeHealthSample | undefined,
  before: NvmeHealthSample | undefined,
): readonly DiskHealthRow[] {
  const names = [...(devices?.keys() ?? [])];
  const controllers = [...new Set([...(now?.controllers.keys() ?? []), ...(now?.failed.keys() ?? [])])];
  return [
    ...controllers.map((name): DiskHealthRow => {
      const health = now?.controllers.get(name);
      const earlier = before?.controllers.get(name)?.mediaErrors;
      const disk = namespaceOf(name, names);
      return {
        disk,
        device: devices?.get(disk),
        health,
        faults: health === undefined ? [] : nvmeFaults(health, earlier === undefined ? undefined : health.mediaErrors - earlier), // prettier-ignore
        failed: now?.failed.get(name),
      };
    }),
    ...names
      .filter((name) => /^sd[a-z]+$/.test(name))
      .map((disk): DiskHealthRow => ({ disk, device: devices?.get(disk), health: undefined, faults: [], failed: undefined })), // prettier-ignore
  ];
}

const faultText = (faults: readonly HealthFault[]): string => faults.map(({ text }) => text).join(', ');

const columns: readonly Column<DiskHealthRow>[] = [
  textColumn({ id: 'disk', title: 'DISK', about: 'Disk; ↵ reads its SMART data.', width: 10, rank: 0, value: ({ disk }) => plain(disk) }),
  textColumn({ id: 'model', title: 'MODEL', about: 'Model.', width: 16, widest: 30, rank: 2, value: ({ device }) => device?.model && plain(device.model) }),
  textColumn({ id: 'health', title: 'HEALTH', about: 'What the disk counts as wrong with itself; of SATA and SAS disks on demand, ↵.', vocabulary: 'fixed', width: 20, grow: true, rank: 0, role: ({ faults }) => (faults[0] === undefined || faults[0].severity === 'info' ? 'text' : faults[0].severity), value: ({ health, faults, failed }) => (failed !== undefined ? plain(failed) : health === undefined ? 'on demand' : faultText(faults) || 'no warning') }),
  numberColumn({ id: 'temperature', title: '°C', about: 'Temperature.', width: 4, rank: 1, value: ({ health }) => health?.temperatureC }),
  numberColumn({ id: 'wear', title: 'WEAR%', about: 'Estimate of the life that is used.', width: 5, rank: 1, value: ({ health }) => health?.usedPct }),
  numberColumn({ id: 'spare', title: 'SPARE%', about: 'Spare blocks that are left.', width: 6, rank: 1, value: ({ health }) => health?.sparePct }),
  totalColumn({ id: 'media', title: 'MEDIA', about: 'Media errors since it was made.', width: 6, rank: 1, value: ({ health }) => health?.mediaErrors }),
  totalColumn({ id: 'hours', title: 'HOURS', about: 'Hours that it was on.', width: 6, rank: 3, value: ({ health }) => health?.powerOnHours }),
]; // prettier-ignore

export const healthSection = (rows: readonly DiskHealthRow[], empty: NothingWords): TableSection<DiskHealthRow> => ({
  kind: 'table',
  id: 'health',
  title: 'Disk health',
  note: count(rows.length),
  sources: ['nvme-health', 'block-devices'],
  columns,
  rows,
  key: ({ disk }) => disk,
  sort: { column: 'disk', descending: false },
  first: ({ faults }) => faults.length > 0,
  entity: ({ disk }) => entityRef('disk', disk),
  name: ({ disk }) => plain(disk),
  detail: ({ disk }) => smartDetail(disk),
  empty,
});

/** Page of the SMART data of one disk, read when it is opened. */
export const smartDetail = (disk: string): Detail => ({
  id: 'smart',
  title: `SMART of ${plain(disk)}`,
  sources: { log: bindDetail(smartLog, { disk }) },
  everySeconds: 0,
  sections: (samples, missing) => {
    // A sample of smartLog by bindDetail, or undefined before the first read.
    const log = samples['log'] as SmartLog | undefined;
    const state = stateOfDetail(log, missing['log']);
    return [factsSection(disk, log, stateWords(state)), attributesSection(log?.attributes ?? [], nothingWords('no attributes', state))]; // prettier-ignore
  },
});

function factsSection(disk: string, log: SmartLog | undefined, state: string): LinesSection {
  const faults = log === undefined ? [] : smartFaults(log);
  const lines =
    log === undefined
      ? [{ label: 'state', figures: [figure(state)] }]
      : [
          { label: 'disk', figures: [figure(plain([log.model, log.firmware && `firmware ${log.firmware}`, log.protocol].filter(Boolean).join(', ') || NONE))] },
          { label: 'health', figures: [figure(log.passed === undefined ? 'no result' : log.passed ? 'passed' : 'FAILED'), ...faults.map(({ text }) => figure(plain(text)))] },
          { label: 'figures', figures: [figure(`${log.temperatureC ?? NONE} °C`), figure(`${count(log.powerOnHours)} hours on`), ...(log.usedPct === undefined ? [] : [figure(`wear ${log.usedPct}%`), figure(`spare ${log.sparePct ?? NONE}%`), figure(`${count(log.mediaErrors)} media errors`)])] },
          ...log.messages.map((text) => ({ label: 'smartctl', figures: [figure(plain(text))] })),
        ]; // prettier-ignore
  return {
    kind: 'lines',
    id: 'smart',
    title: `SMART ${plain(disk)}`,
    sources: ['smart-log'],
    minColumns: 60,
    wantRows: () => lines.length,
    draw: (width, rows, theme) => lines.slice(0, rows).map((line) => drawFigures(line, width, theme)),
  };
}

const attributeColumns: readonly Column<SmartAttribute>[] = [
  numberColumn({ id: 'id', title: 'ID', about: 'Number of the attribute.', width: 4, rank: 0, value: ({ id }) => id }),
  textColumn({ id: 'name', title: 'ATTRIBUTE', about: 'Name by the database of smartctl.', width: 26, grow: true, rank: 0, value: ({ name }) => plain(name) }),
  numberColumn({ id: 'value', title: 'VALUE', about: 'Normalised value, higher is better.', width: 5, rank: 1, value: ({ value }) => value }),
  numberColumn({ id: 'worst', title: 'WORST', about: 'Lowest value so far.', width: 5, rank: 2, value: ({ worst }) => worst }),
  numberColumn({ id: 'threshold', title: 'THRESH', about: 'Value at which the disk counts as failing.', width: 6, rank: 1, value: ({ threshold }) => threshold }),
  textColumn({ id: 'failed', title: 'FAILED', about: 'now or past: its value is or was at the threshold.', width: 6, rank: 0, value: ({ whenFailed }) => whenFailed && plain(whenFailed) }),
  textColumn({ id: 'raw', title: 'RAW', about: 'Counter of the disk.', width: 14, rank: 0, value: ({ rawText }) => rawText && plain(rawText) }),
]; // prettier-ignore

const attributesSection = (rows: readonly SmartAttribute[], empty: NothingWords): TableSection<SmartAttribute> => ({
  kind: 'table',
  id: 'attributes',
  title: 'Attributes',
  sources: ['smart-log'],
  columns: attributeColumns,
  rows,
  key: ({ id }) => String(id),
  sort: { column: 'id', descending: false },
  empty,
});

export interface PoolRow {
  readonly name: string;
  readonly state: string;
}

export const zfsSection = (pools: readonly PoolRow[], empty: NothingWords): TableSection<PoolRow> => ({
  kind: 'table',
  id: 'zfs',
  title: 'ZFS pools',
  note: count(pools.length),
  sources: ['zfs-pools'],
  columns: [
    textColumn({ id: 'pool', title: 'POOL', about: 'Pool; ↵ reads zpool status.', width: 16, widest: 30, rank: 0, value: ({ name }) => plain(name) }),
    textColumn({ id: 'state', title: 'STATE', about: 'State of the pool by the kernel.', width: 12, grow: true, rank: 0, role: ({ state }) => (state === 'ONLINE' ? 'text' : state === 'DEGRADED' ? 'warn' : 'crit'), value: ({ state }) => plain(state) }),
  ],
  rows: pools,
  key: ({ name }) => name,
  sort: { column: 'pool', descending: false },
  entity: ({ name }) => zfsPoolRef(name),
  name: ({ name }) => plain(name),
  detail: ({ name }) => poolDetail(name),
  empty,
}); // prettier-ignore

const deviceColumns: readonly Column<PoolDevice & { readonly key: string }>[] = [
  { id: 'device', title: 'DEVICE', about: 'Device, below the group that it is in.', width: 24, grow: true, rank: 0, value: ({ key }) => key, text: ({ name, depth }) => `${'  '.repeat(depth)}${plain(name)}` },
  textColumn({ id: 'state', title: 'STATE', about: 'State of the device.', width: 10, rank: 0, value: ({ state }) => plain(state) }),
  textColumn({ id: 'errors', title: 'READ/WRITE/CKSUM', about: 'Errors of reads, writes and checksums since they were cleared.', width: 18, rank: 0, value: ({ errors }) => errors.map(plain).join(' / ') }),
  textColumn({ id: 'note', title: 'NOTE', about: 'Note of zpool.', width: 16, grow: true, rank: 1, value: ({ note }) => plain(note) }),
]; // prettier-ignore

/** Page of one pool: its devices with their errors. */
const poolDetail = (pool: string): Detail => ({
  id: 'zpool',
  title: `ZFS pool ${plain(pool)}`,
  sources: { status: bindDetail(zpoolStatus, { pool }) },
  everySeconds: 30,
  sections: (samples, missing) => {
    // A sample of zpoolStatus by bindDetail, or undefined before the first read.
    const status = samples['status'] as PoolStatus | undefined;
    const state = stateOfDetail(status, missing['status']);
    const notes = status?.notes ?? [stateWords(state)];
    return [
      {
        kind: 'lines',
        id: 'notes',
        title: 'Status',
        sources: ['zpool-status'],
        minColumns: 60,
        wantRows: () => notes.length,
        draw: (width, rows, theme) => notes.slice(0, rows).map((note) => theme.paint('text', cut(plain(note), width))),
      },
      {
        kind: 'table',
        id: 'devices',
        title: 'Devices',
        sources: ['zpool-status'],
        columns: deviceColumns,
        rows: (status?.devices ?? []).map((one, i) => ({ ...one, key: `${String(i).padStart(5, '0')} ${one.name}` })),
        key: ({ key }: { readonly key: string }) => key,
        sort: { column: 'device', descending: false },
        empty: nothingWords('no devices', state),
      } satisfies TableSection<PoolDevice & { readonly key: string }>,
    ];
  },
});
