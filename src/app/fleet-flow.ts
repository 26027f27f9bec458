import { label, plain } from '../lib/plain.ts';
import { plural } from '../lib/units.ts';
import { inBackground } from './background.ts';
import type { Choice } from './choose.ts';
import { askConfirm } from './dialogs.ts';
import type { Screen } from './screen.ts';

/** Changes of the hosts of a fleet while its matrix is shown. */
export interface FleetControl {
  readonly names: () => readonly string[];
  /** Hosts of a node set. Throws with the reason for a text that names none. */
  readonly expand: (set: string) => readonly string[];
  readonly add: (names: readonly string[]) => Promise<void>;
  readonly drop: (names: readonly string[]) => Promise<void>;
  /** Connected hosts without root. */
  readonly locked: () => readonly string[];
  /** Passwords that sudo refused since one was accepted. */
  readonly refusals: () => number;
  /** Passes a sudo password to hosts, each at most once. Results by host. */
  readonly unlock: (names: readonly string[], password: string) => Promise<readonly UnlockResult[]>;
  /** Hosts that clusters of the fleet name and that it does not have. */
  readonly siblings: () => readonly {
    readonly what: string;
    readonly names: readonly string[];
    readonly readFrom: string;
  }[];
}

/** Root of one host after a password was given. */
export interface UnlockResult {
  readonly host: string;
  /** Why it is not open. */
  readonly reason: string | undefined;
}

type Run = Choice<() => void>;

const MOST_SHOWN = 20;

/** Hosts that clusters name, to add. */
export function fleetChoices(screen: Screen): readonly Run[] {
  const { fleet } = screen;
  if (!fleet) return [];
  return fleet.siblings().map(({ what, names, readFrom }): Run => ({
    value: () => inBackground(screen, () => added(screen, fleet, names)),
    title: `add ${names.length} ${what}`,
    names: [`add ${what}`],
    aliases: ['add hosts', 'siblings'],
    about: `named by ${plain(readFrom)}`,
  }));
}

/** `add node[41-44]`, `drop node07` as typed into the palette. */
export function fleetChoice(screen: Screen, query: string): Run | undefined {
  const { fleet } = screen;
  const [, verb, set = ''] = /^\s*(add|drop)(?:\s+(.*?))?\s*$/.exec(query) ?? [];
  if (!fleet || verb === undefined) return undefined;
  if (set === '')
    return {
      value: () => screen.notify(`${verb}: write a node set: ${verb} node[41-44]`),
      title: `${verb} NODES`,
      about: verb === 'add' ? 'logs in to further hosts' : 'ends the connections of hosts',
    };
  return verb === 'add'
    ? {
        value: () => inBackground(screen, async () => added(screen, fleet, withoutKnown(fleet, set))),
        title: `add ${label(set)}`,
      }
    : { value: () => inBackground(screen, () => dropped(screen, fleet, set)), title: `drop ${label(set)}` };
}

const withoutKnown = (fleet: FleetControl, set: string): readonly string[] => {
  const known = new Set(fleet.names());
  return fleet.expand(set).filter((name) => !known.has(name));
};

/** Further hosts are shown before the first connect, as those of the command line are. */
async function added(screen: Screen, fleet: FleetControl, names: readonly string[]): Promise<void> {
  if (names.length === 0) return screen.notify('add: all of them are in the fleet');
  const title = `Connect to ${plural(names.length, 'more host')}?`;
  const more = names.length > MOST_SHOWN ? [`and ${names.length - MOST_SHOWN} more`] : [];
  const lines = [...names.slice(0, MOST_SHOWN).map((name) => plain(name)), ...more];
  if (!(await askConfirm(screen.layers, { title, lines, yes: 'connect' }))) return;
  screen.notify(`connecting to ${plural(names.length, 'host')}`);
  await fleet.add(names);
}

async function dropped(screen: Screen, fleet: FleetControl, set: string): Promise<void> {
  const wanted = new Set(fleet.expand(set));
  const names = fleet.names().filter((name) => wanted.has(name));
  if (names.length === 0) return screen.notify(`drop ${label(set)}: not in the fleet`);
  await fleet.drop(names);
  screen.notify(`${plural(names.length, 'host')} dropped`);
}
