import type { FleetControl } from '../app/fleet-flow.ts';
import type { FleetSession } from '../fleet/live/fleet-session.ts';
import { siblingsOf } from '../fleet/siblings.ts';
import type { ScreenRedaction } from '../redact/screen-redaction.ts';
import type { FleetTargets } from './fleet-targets.ts';

/** Changes of the hosts of a fleet while the screen is open; without a fleet, before it is connected, there are none. */
export const controlOf = (
  fleetOf: () => Pick<FleetSession, 'names' | 'add' | 'drop' | 'sample' | 'locked' | 'refusals' | 'unlock'> | undefined,
  targets: FleetTargets,
  veil: Pick<ScreenRedaction, 'learnTarget'>,
): FleetControl => ({
  names: () => fleetOf()?.names() ?? [],
  expand: targets.expand,
  add: async (names) => {
    targets.addNamed(names);
    for (const name of names) for (const known of [name, targets.of(name)]) veil.learnTarget(known);
    await fleetOf()?.add(names);
  },
  drop: async (names) => fleetOf()?.drop(names),
  locked: () => fleetOf()?.locked() ?? [],
  refusals: () => fleetOf()?.refusals() ?? 0,
  unlock: async (names, password) => (await fleetOf()?.unlock(names, password)) ?? [],
  siblings: () => siblingsOf(fleetOf()?.sample()?.hosts ?? []),
});
