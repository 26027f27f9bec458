import { shellCommand } from '../lib/shell-quote.ts';
import type { EntityRef } from './entity-ref.ts';
import type { Judged } from './judge.ts';

/** NextStep is a step after a finding that runs by a key. */
export type NextStep = GoStep | CommandStep | ToolStep | TracerStep | NoteStep;

/** Opens a pane at the row of an object. */
export interface GoStep {
  readonly kind: 'go';
  readonly pane: string;
  /** Object whose row is selected; absent where the pane has none for it. */
  readonly entity?: EntityRef;
  /** Key of the row, where the object is not what the row is about. */
  readonly row?: string;
  /** Section of an object without a row. */
  readonly section?: string;
  /** Displayed name of the object. */
  readonly label?: string;
  /** Time of a past event. */
  readonly atMs?: number;
}

/** A read-only command to copy; crashcart never runs it. */
export interface CommandStep {
  readonly kind: 'command';
  readonly argv: readonly string[];
  /** What it shows. */
  readonly shows: string;
}

/** A tool of the tool box on a process; its cost is that of the tool box. */
export interface ToolStep {
  readonly kind: 'tool';
  readonly tool: string;
  /** Entity of the process, or of what runs as one. */
  readonly on: EntityRef;
}

/** A tracer of the whole host, for a limited time. */
export interface TracerStep {
  readonly kind: 'tracer';
  readonly tracer: string;
}

/** A step in words: what no command and no pane does. */
export interface NoteStep {
  readonly kind: 'note';
  readonly text: string;
}

/** A finding as its steps see it: with its times. */
export interface Standing extends Judged {
  readonly sinceMs: number;
  readonly seenMs: number;
}

/** What a rule adds to the steps that follow from the object of its finding. */
export interface RuleSteps {
  /** Commands for a finding, best first; a missing one has no command for this object. */
  readonly commands?: (found: Standing) => readonly (CommandStep | undefined)[];
  /** Key of the row in the pane of the finding, where it is not that of the object. */
  readonly row?: (found: Standing) => string | undefined;
  /** Section of the pane, where no row is about the object. */
  readonly section?: string;
  /** Tools of the tool box for the process of the object, cheapest first. Default: kernel stacks. */
  readonly tools?: readonly string[];
  /** Tracers that answer what the finding leaves open, best first. */
  readonly tracers?: (found: Standing) => readonly string[];
}

/** Steps by rule. */
export type StepTable = Readonly<Record<string, RuleSteps>>;

/** Command line as it is copied. */
export const commandText = ({ argv }: CommandStep): string => shellCommand(argv);

/** A command to copy; undefined where an argument is unknown, or could be read as an option. */
export function command(argv: readonly (string | undefined)[], shows: string): CommandStep | undefined {
  const known = argv.filter((argument) => argument !== undefined);
  return known.length < argv.length ? undefined : { kind: 'command', argv: known, shows };
}

/** Name from a host as an argument: undefined for one that a command would take as an option, or that is empty. */
export const operand = (name: string | undefined): string | undefined =>
  name === undefined || name === '' || name.startsWith('-') || name.includes('\0') ? undefined : name;

/** Start of the fault by the best clock: of a past event its time, else the onset, else when it was first found. */
export const startedMs = ({ onset, past, sinceMs, seenMs }: Standing): number | undefined => {
  if (past) return past.ageSeconds === undefined ? undefined : seenMs - past.ageSeconds * 1000;
  return onset ? Math.min(sinceMs, seenMs - onset.secondsAgo * 1000) : sinceMs;
};

/** Lines of a log from shortly before the fault. */
const MARGIN_MS = 120_000;

/** Latest time that a Date holds. */
const MOST_MS = 8.64e15;

/** Options of journalctl for the time of the fault: from shortly before it, else this boot. */
export function journalSince(found: Standing): readonly string[] {
  const fromMs = (startedMs(found) ?? Number.NaN) - MARGIN_MS;
  if (!(fromMs >= 0 && fromMs <= MOST_MS)) return ['-b'];
  // oxlint-disable-next-line no-restricted-globals -- writes a given time
  return ['--since', `${new Date(fromMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`];
}

/** Kernel log around the time of the fault, filtered by a regular expression. */
export const kernelLog = (found: Standing, pattern: string, shows = 'kernel log'): CommandStep | undefined =>
  command(['journalctl', '-k', '-g', pattern, ...journalSince(found), '--no-pager'], shows);

/** Log of units around the time of the fault; journalctl takes names and patterns of units that do not exist. */
export const unitLog = (
  found: Standing,
  units: readonly string[],
  shows = 'log of the daemon',
): CommandStep | undefined =>
  command(['journalctl', ...units.flatMap((unit) => ['-u', unit]), ...journalSince(found), '--no-pager'], shows);

/** End of the log that the evidence of a finding names first. */
export const logTail = ({ evidence }: Standing): CommandStep | undefined =>
  command(['tail', '-n', '50', operand(evidence[0]?.source)], 'end of the log');

/** A name as a literal part of a regular expression. */
export const literal = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
