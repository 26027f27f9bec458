import { binaryBytes, percent } from '../../lib/units.ts';
import type { MappedDevice, MappedTarget, ThinPool } from '../../sources/storage/mapped-devices.ts';
import { grade, limits } from '../../thresholds.ts';

/** What is wrong with a mapped device. */
export interface VolumeFault {
  readonly severity: 'crit' | 'warn';
  readonly condition: 'data' | 'metadata' | 'mode' | 'failed' | 'snapshot' | 'raid' | 'vdo';
  readonly sentence: string;
}

/** Faults of a mapped device by the states of its targets, those of a thin pool apart from the others. */
export const poolFaults = ({ targets }: MappedDevice): readonly VolumeFault[] => targets.flatMap(ofPool);
export const volumeFaults = ({ targets }: MappedDevice): readonly VolumeFault[] => targets.flatMap(ofTarget);

function ofPool({ pool, sizeBytes, failure, type }: MappedTarget): readonly VolumeFault[] {
  if (type !== 'thin-pool') return [];
  if (failure !== undefined) return [{ severity: 'crit', condition: 'mode', sentence: `${failure}, all I/O fails` }];
  if (pool === undefined) return [];
  return [
    ...modeFaults(pool),
    ...fillFaults('data', pool.mode === 'out_of_data_space' ? undefined : pool.dataPct, ` of ${binaryBytes(sizeBytes)}`),
    ...fillFaults('metadata', pool.metadataPct, ''),
  ]; // prettier-ignore
}

function modeFaults({ mode, queuesWrites, needsCheck }: ThinPool): readonly VolumeFault[] {
  if (mode === 'rw') return [];
  const sentence =
    mode === 'out_of_data_space'
      ? `thin pool out of data space, writes ${queuesWrites ? 'wait' : 'fail'} (${queuesWrites ? 'queue' : 'error'}_if_no_space)`
      : `thin pool read-only, writes fail${needsCheck ? ', metadata needs_check' : ''}`;
  return [{ severity: 'crit', condition: 'mode', sentence }];
}

function fillFaults(condition: 'data' | 'metadata', pct: number | undefined, of: string): readonly VolumeFault[] {
  const severity = fillGrade(pct);
  return severity === 'text' ? [] : [{ severity, condition, sentence: `thin pool ${condition} ${percent(pct)}${of} used` }]; // prettier-ignore
}

/** Severity of the use of a thin pool. */
export const fillGrade = (pct: number | undefined): 'crit' | 'warn' | 'text' => {
  const found = grade(pct, limits.thinPoolPct);
  return found === 'crit' || found === 'warn' ? found : 'text';
};

function ofTarget({
  type,
  sizeBytes,
  failure,
  snapshot,
  raid,
  cache,
  vdoUsedPct,
}: MappedTarget): readonly VolumeFault[] {
  if (type === 'thin-pool') return [];
  if (failure !== undefined) return [{ severity: 'crit', condition: 'failed', sentence: failure }];
  if (snapshot?.lost !== undefined)
    return [{ severity: 'warn', condition: 'snapshot', sentence: `snapshot lost (${snapshot.lost}): its space was full` }]; // prettier-ignore
  const used = fillGrade(snapshot?.usedPct);
  if (used !== 'text')
    return [{ severity: used, condition: 'snapshot', sentence: `snapshot ${percent(snapshot?.usedPct)} full, lost at 100%` }]; // prettier-ignore
  const [physical, metadata] = [fillGrade(vdoUsedPct), fillGrade(cache?.metadataPct)];
  if (physical !== 'text')
    return [{ severity: physical, condition: 'vdo', sentence: `VDO ${percent(vdoUsedPct)} of its physical space used, writes fail at 100% (${binaryBytes(sizeBytes)} logical)` }]; // prettier-ignore
  if (metadata !== 'text')
    return [
      { severity: metadata, condition: 'metadata', sentence: `cache metadata ${percent(cache?.metadataPct)} used` },
    ];
  if (raid === undefined || raid.dead === 0) return [];
  const action = raid.action === undefined || raid.action === 'idle' ? '' : `, ${raid.action} ${percent(raid.syncPct)}`;
  return [
    { severity: 'crit', condition: 'raid', sentence: `${raid.level} degraded, ${raid.devices - raid.dead} of ${raid.devices} devices active${action}` },
  ]; // prettier-ignore
}

/** `suspended, 92% data, 12% metadata`: state of a mapped device in a cell. */
export function mappedText({ isSuspended, targets }: MappedDevice): string {
  const texts = targets.flatMap(({ pool, snapshot, raid, failure, cache, queuesWithoutPath }) => [
    failure ?? '',
    pool === undefined || pool.mode === 'rw' ? '' : pool.mode === 'ro' ? 'read-only' : 'out of data space',
    pool?.metadataPct === undefined ? '' : `${percent(pool.metadataPct)} metadata`,
    snapshot?.lost ?? '',
    raid === undefined || raid.dead === 0 ? '' : `degraded, ${raid.devices - raid.dead} of ${raid.devices}`,
    cache?.readHitPct === undefined ? '' : `${percent(cache.readHitPct)} read hits`,
    cache?.dirtyPct === undefined || cache.dirtyPct === 0 ? '' : `${percent(cache.dirtyPct)} dirty`,
    queuesWithoutPath === true ? 'queue_if_no_path' : '',
  ]);
  return [isSuspended ? 'suspended' : '', ...texts].filter(Boolean).join(', ');
}

/** Share of its space in use: data of a thin pool, space of a snapshot, blocks of a cache, physical space of VDO. */
export const mappedUsedPct = ({ targets }: MappedDevice): number | undefined =>
  targets
    .map(({ pool, snapshot, cache, vdoUsedPct }) => pool?.dataPct ?? snapshot?.usedPct ?? cache?.usedPct ?? vdoUsedPct)
    .find((pct) => pct !== undefined);

/** Severity of that share; a cache in use is full. */
export const mappedUseRole = (volume: MappedDevice): 'crit' | 'warn' | 'text' =>
  volume.targets.some(({ cache }) => cache !== undefined) ? 'text' : fillGrade(mappedUsedPct(volume));
