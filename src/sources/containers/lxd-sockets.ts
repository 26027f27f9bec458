import type { TalkRead } from '../../host/host.ts';
import { fields, json } from '../../lib/json.ts';

/** The places where LXD listens, as package and as snap, and its fork Incus, which answers the same questions. */
export const lxdSockets = {
  deb: '/var/lib/lxd/unix.socket',
  snap: '/var/snap/lxd/common/lxd/unix.socket',
  incus: '/var/lib/incus/unix.socket',
} as const;

export type LxdPlace = keyof typeof lxdSockets;
export const lxdPlaces = ['deb', 'snap', 'incus'] as const satisfies readonly LxdPlace[];

/** The same question to each of them; a host has one at most, and what is not there is silent. */
export const lxdReads = (request: string): Readonly<Record<LxdPlace, TalkRead>> => {
  const ask = (to: string): TalkRead => ({ kind: 'talk', dialect: 'http', to, request, as: 'root' });
  return { deb: ask(lxdSockets.deb), snap: ask(lxdSockets.snap), incus: ask(lxdSockets.incus) };
};

/** What each of them answered, understood; nothing of those that gave no answer. */
export function fromLxd<Value>(
  values: Readonly<Partial<Record<LxdPlace, string | undefined>>>,
  understand: (metadata: unknown, place: LxdPlace) => Value | undefined,
): ReadonlyMap<LxdPlace, Value> {
  const all = new Map<LxdPlace, Value>();
  for (const place of lxdPlaces) {
    const text = values[place];
    if (text === undefined) continue;
    // {"type":"sync","status":"Success","status_code":200,"metadata":…}
    const value = understand(fields(json(text))['metadata'], place);
    if (value !== undefined) all.set(place, value);
  }
  return all;
}
