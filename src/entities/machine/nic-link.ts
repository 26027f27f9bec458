import type { Nic, nics } from '../../sources/machine/nics.ts';
import type { SampleOf } from '../../sources/source.ts';
import { counterEvents } from '../../timeline/last-event.ts';
import type { Seen } from '../../timeline/moment.ts';

const WINDOW_SECONDS = 900;
/** A cable that is plugged in again makes two. */
const MOST_CHANGES = 2;

/** Link changes of an interface over the last minutes. */
export const linkChanges = (seen: Seen<SampleOf<typeof nics>>, name: string) =>
  counterEvents(seen, (sample) => sample?.nics.get(name)?.carrierChanges, WINDOW_SECONDS);

/** Whether the link of a card comes and goes; interfaces of containers and guests change with them. */
export const isFlapping = (nic: Nic | undefined, changes: number): boolean =>
  nic?.virtual === false && changes > MOST_CHANGES;

/** Whether a card has no link although a bond, a bridge or a switch uses it. */
export const isDownInUse = (nic: Nic | undefined): boolean =>
  nic?.virtual === false && nic.master !== undefined && nic.operState === 'down';
