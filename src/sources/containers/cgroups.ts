import { ownerOfPath, type Owner } from './cgroup-owner.ts';
import type { CgroupTexts } from '../../host/host.ts';
import { parseRest, parseUse, type CgroupRest, type CgroupUse } from './cgroups-files.ts';
import { named, type Identifier } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Containers, pods and guests as the kernel accounts for them, without asking any daemon.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/admin-guide/cgroup-v1/index.html
 *
 *     /lxc.payload.web   cpu.stat: usage_usec 20424491 …   memory.current: 101425152
 *     (v1)               cpuacct.usage: 13108936777        memory.usage_in_bytes: 565248
 *
 * Which groups are kept says `keptGroups`. Where a limit is not set it is `none`; what the kernel has no file for is undefined.
 */
export const cgroups = defineSource({
  id: 'cgroups',
  title: 'Control groups',
  why: 'Shows what containers, pods and guests use, where their limits hold them back, and what the kernel killed in them, without asking a daemon.',
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
  identifiers: ({ cgroups: all }) => [...all.values()].flatMap(({ owner }) => identifiersOf(owner)),
  weightKiB: ({ cgroups: all }: CgroupsSample) => all.size * PLACE_KIB,
});

const identifiersOf = ({ kind, name, id, container }: Owner): readonly Identifier[] => {
  if (kind === 'pod') return [...named('uuid', [id]), ...named('id', [name, ...shorter(container)])];
  if (id !== undefined) return named('id', shorter(id));
  if (kind === 'guest') return named('guest', [name]);
  return kind === 'lxc' || kind === 'nspawn' ? named('container', [name]) : [];
};

/** The whole id of a container and what people quote of it; one that was started by hand has a name there. */
const shorter = (id: string | undefined): readonly string[] =>
  id !== undefined && /^[0-9a-f]{13,}$/.test(id) ? [id, id.slice(0, 12)] : [];

/** A place in the table and what is read each time; the rest is shared with the samples before. */
const PLACE_KIB = 0.5;

export interface CgroupsSample {
  readonly layout: 'v1' | 'v2' | 'hybrid' | undefined;
  readonly cgroups: ReadonlyMap<string, Cgroup>;
  /** How many groups there are beyond what is read; undefined when nothing was read. */
  readonly left: number | undefined;
}

/** Raw counters since the group was made; rates are made in cgroup-rates.ts. */
export interface Cgroup extends CgroupUse, CgroupRest {
  /** Below the root of the hierarchy (hostile text). */
  readonly path: string;
  readonly owner: Owner;
  /** A process in it, to reach its namespaces. */
  readonly firstPid: number | undefined;
  /** Host clock, seconds, when all but use of CPU and memory was read; undefined where it was with them. */
  readonly restAtSeconds: number | undefined;
  /** That, as it was read the time before. */
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
