import { ownerOfPath, type Owner } from './cgroup-owner.ts';
import type { CgroupTexts } from '../../host/host.ts';
import { parseRest, parseUse, type CgroupRest, type CgroupUse } from './cgroups-files.ts';
import { named, type Identifier } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Containers, pods and guests in the accounting of the kernel, without any daemon.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/admin-guide/cgroup-v1/index.html
 *
 *     /lxc.payload.web   cpu.stat: usage_usec 20424491 …   memory.current: 101425152
 *     (v1)               cpuacct.usage: 13108936777        memory.usage_in_bytes: 565248
 *
 * `keptGroups` selects the groups. A limit that is not set is `none`; a value without a kernel file is undefined.
 */
export const cgroups = defineSource({
  id: 'cgroups',
  title: 'Control groups',
  why: 'Shows use, limits, throttling and OOM kills of containers, pods and guests, without a request to any daemon.',
  everySeconds: 1,
  value: 'high',
  reads: { table: { kind: 'cgroups', as: 'root' } },
  parse: ({ table }): CgroupsSample => {
    const all = new Map<string, Cgroup>();
    for (const texts of table?.groups.values() ?? []) {
      const group = cgroupOf(texts);
      if (group) all.set(group.path, group);
    }
    return { layout: table?.layout, cgroups: all, left: table?.left };
  },
  identifiers: ({ cgroups: all }) => [...all.values()].flatMap(({ owner }) => ownerIdentifiers(owner)),
  weightKiB: ({ cgroups: all }: CgroupsSample) => all.size * PLACE_KIB,
});

export const ownerIdentifiers = ({ kind, name, id, container }: Owner): readonly Identifier[] => {
  if (kind === 'pod') return [...named('uuid', [id]), ...named('id', [name, ...shorter(container)])];
  if (id !== undefined) return named('id', shorter(id));
  if (kind === 'guest') return named('guest', [name]);
  return kind === 'lxc' || kind === 'nspawn' ? named('container', [name]) : [];
};

/** The whole id of a container and its usual 12 digits; a pod started by hand has a name there. */
const shorter = (id: string | undefined): readonly string[] =>
  id !== undefined && /^[0-9a-f]{13,}$/.test(id) ? [id, id.slice(0, 12)] : [];

/** Memory of one group in a sample; all but its use is shared with earlier samples. */
const PLACE_KIB = 0.5;

export interface CgroupsSample {
  readonly layout: 'v1' | 'v2' | 'hybrid' | undefined;
  readonly cgroups: ReadonlyMap<string, Cgroup>;
  /** Number of groups beyond those that were read; undefined when nothing was read. */
  readonly left: number | undefined;
}

/** Raw counters since the group was made; rates are made in cgroup-rates.ts. */
export interface Cgroup extends CgroupUse, CgroupRest {
  /** Below the root of the hierarchy (hostile text). */
  readonly path: string;
  readonly owner: Owner;
  /** A process in it, to reach its namespaces. */
  readonly firstPid: number | undefined;
  /** Host clock, seconds, of the reading of `CgroupRest`; undefined where it is that of `CgroupUse`. */
  readonly restAtSeconds: number | undefined;
  /** The reading of `CgroupRest` before that. */
  readonly earlier: { readonly atSeconds: number; readonly rest: CgroupRest } | undefined;
}

/** Parsed once for each state of a group: the texts are a new object only when they changed. */
const parsed = new WeakMap<CgroupTexts, Cgroup>();

function cgroupOf(texts: CgroupTexts): Cgroup | undefined {
  const known = parsed.get(texts);
  if (known) return known;
  const owner = ownerOfPath(texts.path);
  if (!owner) return undefined;
  const { earlier } = texts;
  const group = {
    path: texts.path,
    owner,
    firstPid: texts.firstPid,
    restAtSeconds: texts.restAt,
    earlier: earlier && { atSeconds: earlier.at, rest: parseRest(earlier.rest) },
    ...parseRest(texts.rest),
    ...parseUse(texts.use),
  };
  parsed.set(texts, group);
  return group;
}
