import type { DaemonRead } from '../../host/host.ts';
import { countOf, fields, items, json, type Fields } from '../../lib/json.ts';

/** Dump of the kernel's netlink, by the name of the request: `protocols/network/netlink.ts`. */
export const netlinkRead = (request: string, protocol = 0): DaemonRead => ({
  kind: 'talk',
  dialect: 'netlink',
  to: `netlink:${protocol}`,
  request,
});

/** Objects of a dump, and how many there are on the host: a reply has the first 5 000. */
export interface Dump<Item> {
  readonly items: readonly Item[];
  readonly all: number;
}

/** Dump of a reply; `itemOf` leaves out what it cannot use. */
export function dumpOf<Item>(
  text: string | undefined,
  itemOf: (value: Fields) => Item | undefined,
): Dump<Item> | undefined {
  if (text === undefined) return undefined;
  const reply = fields(json(text));
  const found = items(reply['objects']).flatMap((value) => itemOf(fields(value)) ?? []);
  return { items: found, all: countOf(reply['all']) ?? found.length };
}
