import type { DaemonRead } from '../../host/host.ts';
import { fields, json } from '../../lib/json.ts';

/** Sockets of LXD, as package and as snap, and of its fork Incus, which has the same API. */
export const lxdSockets = {
  deb: '/var/lib/lxd/unix.socket',
  snap: '/var/snap/lxd/common/lxd/unix.socket',
  incus: '/var/lib/incus/unix.socket',
} as const;

export type LxdPlace = keyof typeof lxdSockets;
export const lxdPlaces = ['deb', 'snap', 'incus'] as const satisfies readonly LxdPlace[];

/** The same request to each socket; a host mostly has one, and an absent socket costs nothing. */
export const lxdReads = (request: string): Readonly<Record<LxdPlace, DaemonRead>> => {
  const read = (to: string): DaemonRead => ({ kind: 'talk', dialect: 'http', to, request, as: 'root' });
  return { deb: read(lxdSockets.deb), snap: read(lxdSockets.snap), incus: read(lxdSockets.incus) };
};

/** Parsed reply of each daemon; those without a reply are left out. */
export function fromLxd<Value>(
  values: Readonly<Partial<Record<LxdPlace, string | undefined>>>,
  parse: (metadata: unknown, place: LxdPlace) => Value | undefined,
): ReadonlyMap<LxdPlace, Value> {
  const all = new Map<LxdPlace, Value>();
  for (const place of lxdPlaces) {
    const text = values[place];
    if (text === undefined) continue;
    // {"type":"sync","status":"Success","status_code":200,"metadata":…}
    const value = parse(fields(json(text))['metadata'], place);
    if (value !== undefined) all.set(place, value);
  }
  return all;
}
