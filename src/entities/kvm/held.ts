import type { libvirtDomains } from '../../sources/kvm/libvirt-domains.ts';
import type { Moment } from '../../timeline/moment.ts';
import { guestState, isHeld } from './guest-state.ts';
import type { Guest } from './guest.ts';

/** Tools pause a guest for a moment: a backup, a snapshot by a script. */
const LEAST_SECONDS = 8;

/** Seconds for which a guest was seen paused; undefined while it is not, or too short to matter. */
export function heldSeconds(
  moment: Moment<{ readonly libvirtDomains: typeof libvirtDomains }>,
  { state, uuid }: Pick<Guest, 'state' | 'uuid'>,
): number | undefined {
  const { history } = moment.libvirtDomains;
  const last = history.at(-1);
  if (!last || uuid === undefined || state.verdict !== 'odd' || !isHeld(state)) return undefined;
  let since = last.at;
  for (const { at, sample } of history.toReversed()) {
    // Without a reply of libvirt its state is not known.
    if (sample === undefined) continue;
    const then = sample.domains.get(uuid);
    if (!then || !isHeld(guestState(then.state, then.reason)) || at > since) break;
    since = at;
  }
  const seconds = last.at - since;
  return seconds < LEAST_SECONDS ? undefined : seconds;
}
