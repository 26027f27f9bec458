import { lines, toCount } from '../../lib/lines.ts';
import { parts } from './sockets.ts';

export interface ConntrackZone {
  readonly zone: number;
  /** Owner of the zone in OVN: a logical port, or a router with its kind of NAT. */
  readonly owner: string | undefined;
  readonly connections: number;
  /** Connection limit; undefined without one. */
  readonly most: number | undefined;
  /** `tcp`, `udp`, `icmp` → connections. */
  readonly byProtocol: ReadonlyMap<string, number>;
  /** TCP state → connections; many in SYN_SENT are a scan, or missing replies. */
  readonly byState: ReadonlyMap<string, number>;
}

type Counted = Omit<ConntrackZone, 'owner' | 'most'>;

/** Zones of dpctl/dump-conntrack. */
export const zonesOf = (text: string): readonly Counted[] =>
  counted(
    text,
    /^\w+,orig=.*$/gm,
    (line) => line.slice(0, line.indexOf(',')),
    (line) => /\bstate=(\w+)/.exec(line)?.[1],
  );

/** Zones of /proc/net/nf_conntrack; flags such as `[UNREPLIED]` stand in brackets, a state does not. */
export const kernelZonesOf = (text: string): readonly Counted[] =>
  counted(
    text,
    /^ipv[46] +\d+ +\w+ +\d+ .*$/gm,
    (line) => line.split(/ +/, 3)[2] ?? '',
    (line) => /^\S+ +\d+ +\w+ +\d+ +\d+ +([A-Z_0-9]+) /.exec(line)?.[1],
  );

function counted(
  text: string,
  each: RegExp,
  protocolOf: (line: string) => string,
  stateOf: (line: string) => string | undefined,
): readonly Counted[] {
  const zones = new Map<
    number,
    { connections: number; readonly byProtocol: Map<string, number>; readonly byState: Map<string, number> }
  >();
  for (const [line] of text.matchAll(each)) {
    const number = Number(/[, ]zone=(\d{1,5})\b/.exec(line)?.[1] ?? 0);
    const zone = zones.get(number) ?? {
      connections: 0,
      byProtocol: new Map<string, number>(),
      byState: new Map<string, number>(),
    };
    zones.set(number, zone);
    zone.connections++;
    add(zone.byProtocol, protocolOf(line));
    const state = stateOf(line);
    if (state !== undefined) add(zone.byState, state);
  }
  return [...zones].map(([zone, counts]) => ({ zone, ...counts }));
}

const add = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1);
};

export interface ZoneLimits {
  /** Default limit of the other zones; undefined: unlimited. */
  readonly others: number | undefined;
  readonly byZone: ReadonlyMap<number, { readonly most: number | undefined; readonly connections: number }>;
}

/** `default limit=0`, `zone=5,limit=1000,count=3`: ovs-dpctl(8), `ct-get-limits`; 0: unlimited. `of`: prefix of the datapath. */
export function limitsOf(text: string | undefined, of: string): ZoneLimits {
  const block = parts(text).find(({ name }) => name.startsWith(of))?.text ?? '';
  const byZone = new Map<number, { readonly most: number | undefined; readonly connections: number }>();
  for (const [, zone, limit, count] of block.matchAll(/^zone=(\d{1,5}),limit=(\d+),count=(\d+)/gm))
    byZone.set(Number(zone), { most: toCount(limit) || undefined, connections: toCount(count) ?? 0 });
  return { others: toCount(/^default limit=(\d+)/m.exec(block)?.[1]) || undefined, byZone };
}

/** Owners of zones, `web1 3`: ovn-controller(8), `ct-zone-list`. */
export const zoneNamesOf = (text: string | undefined): ReadonlyMap<number, string> =>
  new Map(
    lines(text ?? '').flatMap((line) => {
      const [, name, zone] = /^(.*\S) (\d{1,5})$/.exec(line.trim()) ?? [];
      return name === undefined ? [] : [[Number(zone), name] as const];
    }),
  );

/** Zones with limits and owners; a zone with a limit is listed even when the dump has no connection of it. */
export function withLimits(
  zones: readonly Counted[],
  { others, byZone }: ZoneLimits,
  names: ReadonlyMap<number, string>,
): readonly ConntrackZone[] {
  const dumped = new Set(zones.map(({ zone }) => zone));
  const limitedOnly = [...byZone].flatMap(([zone, { connections }]): Counted[] =>
    dumped.has(zone) ? [] : [{ zone, connections, byProtocol: new Map(), byState: new Map() }],
  );
  return [...zones, ...limitedOnly].map((one) => {
    const limit = byZone.get(one.zone);
    return { ...one, owner: names.get(one.zone), most: limit ? limit.most : others };
  });
}
