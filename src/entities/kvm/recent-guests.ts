import type { Guest } from './guest.ts';
import { guestsOf, type GuestNeeds } from './guests.ts';
import type { Moment, Seen } from '../../timeline/moment.ts';
import { overLast } from '../../timeline/window.ts';

/** Seconds that rates cover by which guests are judged, so that one busy second makes no finding. */
export const WINDOW_SECONDS = 20;
const LEAST_SECONDS = 1.5;

let cached: { readonly samples: readonly unknown[]; readonly guests: readonly Guest[] } | undefined;

/** Guests with their rates over the last seconds; made once for all that judge the same samples. */
export function recentGuests(moment: Moment<GuestNeeds>): readonly Guest[] {
  const samples = Object.values<Seen<unknown>>(moment).flatMap((seen) => [seen.now, seen.history, seen.ageMs]);
  if (cached && cached.samples.length === samples.length && samples.every((one, at) => same(one, cached?.samples[at])))
    return cached.guests;
  const guests = guestsOf({
    ...moment,
    qemuThreads: overLast(moment.qemuThreads, WINDOW_SECONDS, LEAST_SECONDS),
    cgroups: overLast(moment.cgroups, WINDOW_SECONDS, LEAST_SECONDS),
    netdev: overLast(moment.netdev, WINDOW_SECONDS, LEAST_SECONDS),
    libvirtMonitor: overLast(moment.libvirtMonitor, WINDOW_SECONDS, LEAST_SECONDS),
  });
  cached = { samples, guests };
  return guests;
}

/** Each rule gets new history arrays; the newest entry identifies them. */
const same = (a: unknown, b: unknown): boolean =>
  a === b || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.at(-1) === b.at(-1));
