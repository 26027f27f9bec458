import { isRead, type HostRow } from './host-row.ts';

/** Version or setting that hosts do not have alike. */
export interface Difference {
  /** `package openssl`, `kernel`, `mount /srv` */
  readonly what: string;
  /** Values with their hosts, that of most hosts first; undefined: not there. */
  readonly values: readonly { readonly value: string | undefined; readonly hosts: readonly string[] }[];
}

/** Facts with one name and one value; each host has its own time of boot. */
const KINDS: Readonly<Record<string, 'named' | 'single' | 'own'>> = {
  kernel: 'single',
  os: 'single',
  arch: 'single',
  product: 'single',
  bios: 'single',
  booted: 'own',
  mount: 'named',
  driver: 'named',
  package: 'named',
};
const MOST = 500;

let last: { readonly basis: readonly unknown[]; readonly differences: readonly Difference[] } | undefined;

/**
 * Facts on which hosts differ, those with the fewest others first: one host of forty with another version stands out. Kinds of facts that were not
 * read of a host are not a difference.
 */
export function differencesOf(hosts: readonly HostRow[]): readonly Difference[] {
  const known = hosts.filter((host) => isRead(host) && host.facts.length > 0);
  const basis = known.flatMap(({ name, facts }) => [name, facts]);
  // Facts of a host are the same array until one changes; there are thousands of each of hundreds of hosts.
  if (last?.basis.length === basis.length && basis.every((one, i) => one === last?.basis[i])) return last.differences;
  last = { basis, differences: differencesIn(known) };
  return last.differences;
}

function differencesIn(known: readonly HostRow[]): readonly Difference[] {
  const byFact = new Map<string, string[]>();
  const withKind = new Map<string, string[]>();
  for (const { name, facts } of known) {
    const kinds = new Set<string>();
    for (const fact of facts) {
      kinds.add(fact.slice(0, fact.indexOf(' ')));
      const having = byFact.get(fact);
      if (having) having.push(name);
      else byFact.set(fact, [name]);
    }
    for (const kind of kinds) withKind.set(kind, [...(withKind.get(kind) ?? []), name]);
  }
  const byName = new Map<string, { value: string; hosts: readonly string[] }[]>();
  for (const [fact, having] of byFact) {
    const [kind = '', ...rest] = fact.split(' ');
    const readOn = withKind.get(kind) ?? [];
    if ((KINDS[kind] ?? 'own') === 'own' || having.length === readOn.length) continue;
    const what = KINDS[kind] === 'single' ? kind : `${kind} ${rest[0] ?? ''}`;
    const value = KINDS[kind] === 'single' ? rest.join(' ') : rest.slice(1).join(' ');
    byName.set(what, [...(byName.get(what) ?? []), { value, hosts: having }]);
  }
  return [...byName]
    .map(([what, values]): Difference => {
      const having = new Set(values.flatMap(({ hosts }) => hosts));
      const without = (withKind.get(what.split(' ', 1)[0] ?? '') ?? []).filter((name) => !having.has(name));
      const all = without.length === 0 ? values : [...values, { value: undefined, hosts: without }];
      return { what, values: all.toSorted((a, b) => b.hosts.length - a.hosts.length) };
    })
    .toSorted((a, b) => othersOf(a) - othersOf(b) || a.what.localeCompare(b.what))
    .slice(0, MOST);
}

/** Hosts without the value of most. */
export const othersOf = ({ values: [, ...others] }: Difference): number =>
  others.reduce((sum, { hosts }) => sum + hosts.length, 0);
