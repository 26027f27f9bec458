import { isNodeSet } from '../fleet/nodeset.ts';
import { durationMs, failOn } from './argument-values.ts';
import type { OptionValues, Reach, ScreenOptions } from './arguments.ts';
import type { DataCommand } from './data-arguments.ts';
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

/** `table` of several hosts or recordings. */
export type FleetTableCommand = Omit<Extract<DataCommand, { kind: 'table' }>, 'kind' | 'table'> & {
  readonly kind: 'fleet-table';
  readonly members: FleetMembers;
  readonly table: string;
  /** Only rows on which hosts differ. */
  readonly onlyDifferent: boolean;
};

/** `record` of several hosts. */
export interface FleetRecordCommand {
  readonly kind: 'fleet-record';
  readonly members: FleetMembers;
  readonly reach: Reach;
  readonly configFile: string | undefined;
  /** Folder of the recordings; it is made. */
  readonly out: string;
  readonly redact: boolean;
  /** Undefined: until a signal. */
  readonly forMs: number | undefined;
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

/** Connection options where files are opened. */
export const NO_REACH: Reach = { target: undefined, ssh: {}, backend: undefined, budgetPct: undefined, readOnly: false, forwardAgent: false, verbose: false, logFile: undefined }; // prettier-ignore

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
  const { format } = values;
  return {
    kind: 'fleet',
    members: membersIn(sets, values, isReport),
    ...common,
    format: format === undefined ? (isReport || common.screen.plain ? 'text' : undefined) : fleetFormat(format),
    failOn: failOn(values['fail-on']),
  };
}

/** Hosts, or files where those are meant. Throws a UsageError for both together, and for files where only hosts go. */
export function membersIn(named: readonly string[], values: OptionValues, takesFiles: boolean): FleetMembers {
  const { from, yes = false } = values;
  const file = named.find(isFile);
  if (file === undefined) return { kind: 'hosts', sets: named, from, yes };
  if (!takesFiles)
    throw new UsageError(`"${file}": a file, no host; several recordings: crashcart replay FILE FILE --plain`);
  const host = named.find((word) => !isFile(word));
  if (host !== undefined || from !== undefined)
    throw new UsageError(`"${host ?? `--from ${from}`}": hosts and files do not go together`);
  return { kind: 'files', files: named };
}

/** `record @group --for 10m --out DIR`. Throws a UsageError. */
export function fleetRecordCommand(
  sets: readonly string[],
  values: OptionValues,
  common: Pick<FleetRecordCommand, 'reach' | 'configFile'>,
): FleetRecordCommand {
  const { out, redact = false, for: time } = values;
  if (values.record !== undefined)
    throw new UsageError('--record is of one host: several are recorded into a folder, --out DIR');
  if (out === undefined) throw new UsageError("missing --out DIR: crashcart record 'node[1-40]' --for 10m --out DIR");
  return {
    kind: 'fleet-record',
    members: membersIn(sets, values, false),
    ...common,
    out,
    redact,
    forMs: time === undefined ? undefined : durationMs('--for', time),
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
