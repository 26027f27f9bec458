import { countOf, fields, items, json, numberOf, textOf } from '../../lib/json.ts';
import { partOf } from '../../lib/lines.ts';
import { clusterRead } from './reads.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/** An OSD in the OSD map, with its usage. */
export interface OsdPlace {
  readonly osd: number;
  readonly up: boolean | undefined;
  readonly in: boolean | undefined;
  /** Taken out of service by `ceph osd destroy`, its id kept for the disk that replaces it: down by intent. */
  readonly destroyed: boolean;
  /** hdd, ssd, nvme, or a custom class. */
  readonly deviceClass: string | undefined;
  readonly host: string | undefined;
  readonly pgs: number | undefined;
  readonly usedPct: number | undefined;
  readonly sizeKiB: number | undefined;
  /** Raw usage, and the part of it that is objects. */
  readonly usedKiB: number | undefined;
  readonly dataKiB: number | undefined;
  /** DB and metadata, on the data device unless it has a separate DB device. */
  readonly metaKiB: number | undefined;
  readonly omapKiB: number | undefined;
  /** Usage relative to the mean, VAR of `ceph osd df`: 1 is the mean. */
  readonly variance: number | undefined;
  readonly reweight: number | undefined;
  /** Seconds since the monitors marked it down, when the map was read; undefined where the map does not have that time. */
  readonly downSeconds: number | undefined;
}

export interface OsdMapSample {
  readonly osds: ReadonlyMap<number, OsdPlace>;
  readonly flags: readonly string[];
  readonly nearfullPct: number | undefined;
  readonly backfillfullPct: number | undefined;
  readonly fullPct: number | undefined;
  /** Standard deviation of the usage of OSDs, percentage points. */
  readonly spreadPct: number | undefined;
  readonly meanUsedPct: number | undefined;
}

/** `osd dump` (mon) and `osd df tree` (mgr): up, in, weights, classes, hosts and usage. */
export const cephOsdmap = defineSource({
  id: 'ceph-osdmap',
  title: 'OSD map',
  why: 'Shows which OSDs are up and in, their host, device class and usage, and flags such as noout.',
  everySeconds: 15,
  value: 'low',
  reads: {
    dump: clusterRead('mon', { prefix: 'osd dump' }),
    df: clusterRead('mgr', { prefix: 'osd df', output_method: 'tree' }),
  },
  weightKiB: (sample: OsdMapSample | undefined) => (sample?.osds.size ?? 0) * 0.3,
  parse: ({ dump, df }): OsdMapSample | undefined => {
    if (dump === undefined && df === undefined) return undefined;
    const map = fields(json(dump));
    const use = fields(json(df));
    const summary = fields(use['summary']);
    const osds = new Map<number, OsdPlace>();
    const hosts = hostsOf(items(use['nodes']));
    for (const value of [...items(use['nodes']), ...items(use['stray'])]) {
      const node = fields(value);
      const isOsd = node['type'] === 'osd' || /^osd\.\d+$/.test(textOf(node['name']) ?? '');
      const osd = isOsd ? countOf(node['id']) : undefined;
      if (osd !== undefined) osds.set(osd, placeOf(osd, node, hosts.get(osd)));
    }
    const downSeconds = fields(map['_down_s']);
    for (const value of items(map['osds'])) {
      const { osd: id, up, in: isIn, weight, state } = fields(value);
      const osd = countOf(id);
      if (osd === undefined) continue;
      const known = osds.get(osd) ?? placeOf(osd, {}, undefined);
      osds.set(osd, {
        ...known,
        up: countOf(up) === undefined ? known.up : up === 1,
        in: countOf(isIn) === undefined ? known.in : isIn === 1,
        destroyed: known.destroyed || items(state).includes('destroyed'),
        reweight: numberOf(weight) ?? known.reweight,
        downSeconds: countOf(downSeconds[osd]),
      });
    }
    return {
      osds,
      flags: flagsOf(map['flags']),
      nearfullPct: percentOf(map['nearfull_ratio']),
      backfillfullPct: percentOf(map['backfillfull_ratio']),
      fullPct: percentOf(map['full_ratio']),
      spreadPct: countOf(summary['dev']),
      meanUsedPct: countOf(summary['average_utilization']),
    };
  },
  identifiers: (sample) =>
    named(
      'host',
      [...(sample?.osds.values() ?? [])].map(({ host }) => host),
    ),
});

/** Flags that every map has. */
const DEFAULT_FLAGS = new Set(['sortbitwise', 'recovery_deletes', 'purged_snapdirs', 'pglog_hardlimit']);

const flagsOf = (value: unknown): readonly string[] =>
  (textOf(value) ?? '').split(',').filter((flag) => flag !== '' && !DEFAULT_FLAGS.has(flag));

const percentOf = (value: unknown): number | undefined => {
  const ratio = countOf(value);
  return ratio === undefined ? undefined : ratio * 100;
};

/** CRUSH host by OSD: hosts list their OSDs as children. */
function hostsOf(nodes: readonly unknown[]): ReadonlyMap<number, string> {
  const hosts = new Map<number, string>();
  for (const value of nodes) {
    const { type, name, children } = fields(value);
    const host = textOf(name);
    if (type !== 'host' || host === undefined) continue;
    for (const child of items(children)) {
      const osd = countOf(child);
      if (osd !== undefined) hosts.set(osd, host);
    }
  }
  return hosts;
}

const placeOf = (osd: number, node: ReturnType<typeof fields>, host: string | undefined): OsdPlace => ({
  osd,
  up: node['status'] === 'up' ? true : node['status'] === 'down' || node['status'] === 'destroyed' ? false : undefined,
  destroyed: node['status'] === 'destroyed',
  in: numberOf(node['reweight']) === undefined ? undefined : node['reweight'] !== 0,
  deviceClass: textOf(node['device_class']),
  host,
  pgs: countOf(node['pgs']),
  usedPct: countOf(node['utilization']),
  sizeKiB: countOf(node['kb']),
  usedKiB: partOf(countOf(node['kb_used']), countOf(node['kb'])),
  dataKiB: partOf(countOf(node['kb_used_data']), countOf(node['kb_used'])),
  metaKiB: countOf(node['kb_used_meta']),
  omapKiB: countOf(node['kb_used_omap']),
  variance: countOf(node['var']),
  reweight: numberOf(node['reweight']),
  downSeconds: undefined,
});
