import { isNodeSet } from '../fleet/nodeset.ts';
import { failOn } from './argument-values.ts';
import type { OptionValues, Reach, ScreenOptions } from './arguments.ts';
import { meantCommand } from './meant-command.ts';
import { UsageError } from './usage-error.ts';

/** Several hosts, or several recordings. */
export interface FleetCommand {
  readonly kind: 'fleet';
  readonly members: FleetMembers;
  /** Connection options; without a target. */
  readonly reach: Reach;
  readonly screen: ScreenOptions;
  readonly configFile: string | undefined;
  /** Text or JSON in the place of the screen; undefined: the screen on a terminal, else text. */
  readonly format: 'text' | 'json' | undefined;
  readonly failOn: 'crit' | 'warn' | undefined;
}

/** Hosts of a fleet as named on the command line, or its recordings. */
export type FleetMembers =
  | {
      readonly kind: 'hosts';
      /** Names and node sets. */
      readonly sets: readonly string[];
      readonly from: string | undefined;
      /** Connects without asking. */
      readonly yes: boolean;
    }
  | { readonly kind: 'files'; readonly files: readonly string[] };

/** Parts of a fleet that every command line has. */
type Common = Pick<FleetCommand, 'reach' | 'screen' | 'configFile'>;

/** Whether a word is a path, or the name of a recording or a sosreport; `node[0-9/2]` has a step. */
const isFile = (word: string): boolean =>
  !word.startsWith('ssh://') && /\/|\.(?:zst|txtar|tar\.\w+|tgz)$/.test(word.replaceAll(/\[[^\]]*\]/g, ''));

/** Whether the words name several hosts: more than one, a node set, or a source. A slip of a command is none. */
export const isFleet = (named: readonly string[], from: string | undefined): boolean =>
  from !== undefined ||
  named.some((word) => !isFile(word) && isNodeSet(word)) ||
  (named.length > 1 && meantCommand(named[0] ?? '') === undefined);

/** Options of one host. */
const OF_ONE_HOST = ['record', 'for', 'out', 'short'] as const;

/** Fleet of hosts, of the screen or of `report`. Throws a UsageError. */
export function hostFleetCommand(
  sets: readonly string[],
  values: OptionValues,
  common: Common,
  isReport: boolean,
): FleetCommand {
  for (const name of OF_ONE_HOST)
    if (values[name] !== undefined) throw new UsageError(`--${name} is of one host: name one`);
  const file = sets.find(isFile);
  if (file !== undefined)
    throw new UsageError(`"${file}": a file, no host; several recordings: crashcart replay FILE FILE --plain`);
  const { from, format, yes = false } = values;
  return {
    kind: 'fleet',
    members: { kind: 'hosts', sets, from, yes },
    ...common,
    format: format === undefined ? (isReport || common.screen.plain ? 'text' : undefined) : fleetFormat(format),
    failOn: failOn(values['fail-on']),
  };
}

export const fileFleetCommand = (files: readonly string[], common: Common): FleetCommand => ({
  kind: 'fleet',
  members: { kind: 'files', files },
  ...common,
  format: common.screen.plain ? 'text' : undefined,
  failOn: undefined,
});

/** Throws a UsageError for an option of a fleet on the command line of one host. */
export function refuseFleetOptions(values: OptionValues): void {
  for (const name of ['from', 'yes'] as const)
    if (values[name] !== undefined)
      throw new UsageError(`--${name} is for several hosts: crashcart 'node[1-40]', crashcart --from juju`);
}

function fleetFormat(text: string): 'json' {
  if (text === 'json') return text;
  throw new UsageError(`--format: several hosts are printed as text or json, not ${text}`);
}
