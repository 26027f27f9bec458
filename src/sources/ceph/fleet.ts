import { countOf, fields, items, json, textOf } from '../../lib/json.ts';
import { clusterRead } from './reads.ts';
import { defineSource } from '../source.ts';

/** Host, devices and version of an OSD, from `osd metadata`. */
export interface OsdMetadata {
  readonly host: string | undefined;
  readonly rotational: boolean | undefined;
  readonly version: string | undefined;
  /** Kernel names of its disks: `nvme3n1`. */
  readonly devices: readonly string[];
}

export interface Crash {
  readonly id: string;
  /** `osd.14` */
  readonly who: string | undefined;
  readonly at: string | undefined;
  readonly archived: boolean;
}

export interface FleetSample {
  readonly osds: ReadonlyMap<number, OsdMetadata>;
  /** Number of daemons by kind and version. */
  readonly versions: readonly { readonly kind: string; readonly version: string; readonly count: number }[];
  readonly crashes: readonly Crash[];
}

const MAX_CRASHES = 200;

/** `osd metadata`, `versions` (mon) and `crash ls` (mgr): inventory that rarely changes. */
export const cephFleet = defineSource({
  id: 'ceph-fleet',
  title: 'Ceph daemons',
  why: 'Shows mixed versions, recent crashes, and the host and disks of each OSD.',
  everySeconds: 120,
  value: 'low',
  reads: {
    metadata: clusterRead('mon', { prefix: 'osd metadata' }),
    versions: clusterRead('mon', { prefix: 'versions' }),
    crashes: clusterRead('mgr', { prefix: 'crash ls' }),
  },
  weightKiB: (sample: FleetSample | undefined) => (sample?.osds.size ?? 0) * 0.3,
  parse: ({ metadata, versions, crashes }): FleetSample | undefined => {
    if (metadata === undefined && versions === undefined && crashes === undefined) return undefined;
    const osds = new Map<number, OsdMetadata>();
    for (const value of items(json(metadata))) {
      const about = fields(value);
      const id = countOf(about['id']);
      if (id === undefined) continue;
      const rotational = textOf(about['rotational']);
      osds.set(id, {
        host: textOf(about['hostname']),
        rotational: rotational === '1' ? true : rotational === '0' ? false : undefined,
        version: textOf(about['ceph_version_short']),
        devices: (textOf(about['devices']) ?? '').split(',').filter(Boolean).slice(0, 16),
      });
    }
    return { osds, versions: versionsOf(json(versions)), crashes: crashesOf(json(crashes)) };
  },
});

/** `{"mon":{"ceph version 16.2.15 (618f…) pacific (stable)":1},"overall":{…}}` */
const versionsOf = (value: unknown): FleetSample['versions'] =>
  Object.entries(fields(value))
    .filter(([kind]) => kind !== 'overall')
    .flatMap(([kind, counts]) =>
      Object.entries(fields(counts)).flatMap(([long, number]) => {
        const count = countOf(number);
        return count === undefined ? [] : [{ kind, version: /^ceph version (\S+)/.exec(long)?.[1] ?? long, count }];
      }),
    );

const crashesOf = (value: unknown): readonly Crash[] =>
  items(value)
    .slice(-MAX_CRASHES)
    .flatMap((item) => {
      const crash = fields(item);
      const id = textOf(crash['crash_id']);
      if (id === undefined) return [];
      const archived = textOf(crash['archived']) !== undefined;
      return [{ id, who: textOf(crash['entity_name']), at: textOf(crash['timestamp']), archived }];
    });
