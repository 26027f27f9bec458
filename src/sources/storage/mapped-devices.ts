import { countOf, fields, items, json, textOf } from '../../lib/json.ts';
import { toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { attribute } from '../sysfs.ts';

/**
 * State of mapped devices by the ioctl of dmsetup(8) status, which needs root: Documentation/admin-guide/device-mapper/{thin-provisioning,
 * snapshot,cache,dm-raid,vdo,writecache}.rst, drivers/md/dm-mpath.c. Devices of `linear`, `striped` and `crypt` targets have no state.
 * Each target: type, length in sectors, state; of multipath also its table.
 *
 *     {"all":5,"devices":{"dm-2":[["thin-pool",131072,"2 14/1024 1024/1024 - out_of_data_space discard_passdown queue_if_no_space - 1024 "]],
 *       "dm-4":[["multipath",131072,"2 0 0 0 1 1 A 0 2 0 252:128 A 0 252:144 F 1 ","1 queue_if_no_path 0 1 1 round-robin 0 2 1 252:128 1 252:144 1 "]],
 *       "dm-7":[["snapshot",204800,"Invalid"]]}}
 */
export const mappedDevices = defineSource({
  id: 'mapped-devices',
  title: 'Mapped devices',
  why: 'Shows thin pools, snapshots, caches, RAID and paths of device-mapper that are full or failed, and suspended devices.',
  everySeconds: 5,
  reads: {
    states: { kind: 'talk', dialect: 'facts', to: 'facts:mapped', request: 'mapped', as: 'root' },
    suspended: { kind: 'glob', pattern: '/sys/block/dm-*/dm/suspended' },
  },
  parse: ({ states, suspended }): ReadonlyMap<string, MappedDevice> | undefined => {
    if (states === undefined && suspended === undefined) return undefined;
    const devices = fields(fields(json(states ?? ''))['devices']);
    const flags = attribute(suspended, 3);
    return new Map(
      [...new Set([...flags.keys(), ...Object.keys(devices)])].map((name): [string, MappedDevice] => {
        const targets = items(devices[name]).map(targetOf);
        return [name, { name, isSuspended: flags.get(name) === '1', targets }];
      }),
    );
  },
});

export interface MappedDevice {
  readonly name: string;
  /** I/O to a suspended device waits. */
  readonly isSuspended: boolean;
  /** Targets that have a state; empty without root. */
  readonly targets: readonly MappedTarget[];
}

/** Target of a mapped device, with what its type has. */
export interface MappedTarget {
  /** `thin-pool`, `snapshot`, `raid`, `cache`, `multipath`, `error`… */
  readonly type: string;
  readonly sizeBytes: number | undefined;
  /** As the kernel writes it. */
  readonly state: string;
  readonly pool?: ThinPool | undefined;
  readonly snapshot?: Snapshot | undefined;
  readonly raid?: MappedRaid | undefined;
  readonly paths?: readonly MappedPath[];
  /** Whether a multipath map without a path lets I/O wait (queue_if_no_path) in the place of an error. */
  readonly queuesWithoutPath?: boolean | undefined;
  readonly cache?: MappedCache | undefined;
  /** Physical space of VDO in use, percent; all of it: writes fail. */
  readonly vdoUsedPct?: number | undefined;
  /** Why it serves no writes or no I/O: `Fail`, `cache read-only`, `writecache error`. */
  readonly failure?: string | undefined;
}

export interface ThinPool {
  readonly dataPct: number | undefined;
  readonly metadataPct: number | undefined;
  /** `rw`, `ro`, `out_of_data_space`. */
  readonly mode: string;
  /** Whether writes wait for space, 60 s by default; else they fail at once. */
  readonly queuesWrites: boolean;
  readonly needsCheck: boolean;
}

export interface Snapshot {
  /** `Invalid`, `Overflow`, `Merge failed`; undefined for one that works. */
  readonly lost: string | undefined;
  readonly usedPct: number | undefined;
}

export interface MappedRaid {
  /** `raid1`, `raid5_ls`, `mirror`. */
  readonly level: string;
  readonly devices: number;
  readonly dead: number;
  readonly syncPct: number | undefined;
  /** `idle`, `resync`, `recover`, `check`. */
  readonly action: string | undefined;
}

export interface MappedCache {
  /** Blocks in use; a warm cache is full. */
  readonly usedPct: number | undefined;
  readonly metadataPct: number | undefined;
  /** Blocks in use that are not written back, of all blocks. */
  readonly dirtyPct: number | undefined;
  /** Reads that the cache had, since its table was loaded. */
  readonly readHitPct: number | undefined;
}

export interface MappedPath {
  /** `major:minor` of its device. */
  readonly number: string;
  readonly isActive: boolean;
}

type Parts = Omit<MappedTarget, 'type' | 'sizeBytes' | 'state'>;

function targetOf(value: unknown): MappedTarget {
  const [type, sectors, text, table] = items(value);
  const length = countOf(sectors);
  const state = (textOf(text) ?? '').trim();
  const known = textOf(type) ?? '';
  const parts = Object.hasOwn(PARSERS, known) ? PARSERS[known]?.(state, state.split(/\s+/)) : undefined;
  return {
    type: known,
    sizeBytes: length === undefined ? undefined : length * 512,
    state,
    ...parts,
    ...(known === 'multipath' && { queuesWithoutPath: queuesWithoutPath(textOf(table)) }),
  };
}

/** `<number of features> <feature>… <number of handler arguments> …`: drivers/md/dm-mpath.c. */
function queuesWithoutPath(table: string | undefined): boolean | undefined {
  const [number, ...rest] = (table ?? '').trim().split(/\s+/);
  const features = toCount(number);
  return features === undefined ? undefined : rest.slice(0, features).includes('queue_if_no_path');
}

const PARSERS: Readonly<Record<string, (state: string, words: readonly string[]) => Parts>> = {
  'thin-pool': poolOf,
  // `102400 204799`; `-` while the pool is suspended.
  thin: (state) => ({ failure: isFailed(state) ? 'thin volume failed' : undefined }),
  snapshot: snapshotOf,
  'snapshot-merge': snapshotOf,
  raid: raidOf,
  mirror: mirrorOf,
  cache: cacheOf,
  // The first number is 1 after an error.
  writecache: (_state, [error]) => ({ failure: error === '1' ? 'writecache error' : undefined }),
  // `<device> <mode> <in recovery> <index> <compression> <used blocks> <total blocks>`.
  vdo: (_state, [, mode, , , , used, all]) => ({
    failure: mode === 'read-only' ? 'VDO read-only' : undefined,
    vdoUsedPct: shareOf(`${used}/${all}`),
  }),
  error: () => ({ failure: 'error target, all I/O fails' }),
  multipath: (state) => ({
    paths: [...state.matchAll(/(?<=^|\s)(\d{1,7}:\d{1,7}) ([AF])(?=\s)/g)].map(([, number = '', mark]) => ({ number, isActive: mark === 'A' })), // prettier-ignore
  }),
};

const isFailed = (state: string): boolean => state === 'Fail' || state === 'Error';

/** `14/1024`, percent. */
function shareOf(text: string | undefined): number | undefined {
  const [used, all] = (text ?? '').split('/').map(toCount);
  return used === undefined || all === undefined || all === 0 ? undefined : (100 * used) / all;
}

/** `<transaction> <metadata> <data> <root> <mode> <discard> <on no space> <needs_check|-> …`. */
function poolOf(state: string, words: readonly string[]): Parts {
  if (isFailed(state)) return { failure: 'thin pool failed' };
  const [, metadata, data, , mode = '', , onFull, check] = words;
  const pool = {
    dataPct: shareOf(data),
    metadataPct: shareOf(metadata),
    mode,
    queuesWrites: onFull !== 'error_if_no_space',
    needsCheck: check === 'needs_check',
  };
  return mode === '' ? {} : { pool };
}

/** `<allocated>/<total> <metadata>` in sectors. */
function snapshotOf(state: string, [share]: readonly string[]): Parts {
  const lost = /^(?:Invalid|Overflow|Merge failed)$/.test(state) ? state : undefined;
  return { snapshot: { lost, usedPct: shareOf(share) } };
}

/** `<level> <devices> <health> <synced>/<total> <action> <mismatches> …`: `A` in sync, `a` not yet, `D` failed. */
function raidOf(_state: string, [level = '', number, health = '', synced, action]: readonly string[]): Parts {
  const devices = toCount(number);
  if (devices === undefined) return {};
  return { raid: { level, devices, dead: count(health, 'D'), syncPct: shareOf(synced), action } };
}

/** `<devices> <number>… <synced>/<total> 1 <health> …`: `A` alive; `D`, `S`, `R`, `F` failed a write, a sync, a read, a flush. */
function mirrorOf(_state: string, [number, ...words]: readonly string[]): Parts {
  const devices = toCount(number);
  if (devices === undefined) return {};
  const [synced, , health = ''] = words.slice(devices);
  return { raid: { level: 'mirror', devices, dead: health.length - count(health, 'A'), syncPct: shareOf(synced), action: undefined } }; // prettier-ignore
}

const count = (text: string, mark: string): number => text.split(mark).length - 1;

/** `<block> <metadata> <block> <used>/<all> <read hits> <read misses> <write hits> <write misses> <demotions> <promotions> <dirty> … rw|ro needs_check|-`. */
function cacheOf(state: string, words: readonly string[]): Parts {
  if (isFailed(state)) return { failure: 'cache failed' };
  const [, metadata, , blocks, hits, misses, , , , , dirty] = words;
  const [mode, check] = words.slice(-2);
  const reads = (toCount(hits) ?? 0) + (toCount(misses) ?? 0);
  const cache = {
    usedPct: shareOf(blocks),
    metadataPct: shareOf(metadata),
    dirtyPct: shareOf(`${dirty}/${blocks?.split('/')[1]}`),
    readHitPct: reads === 0 ? undefined : shareOf(`${hits}/${reads}`),
  };
  return { cache, failure: mode === 'ro' || check === 'needs_check' ? `cache read-only${check === 'needs_check' ? ' (needs_check)' : ''}` : undefined }; // prettier-ignore
}
