import type { Attachment, AttachmentEnd, Host, LiveHost } from '../host/host.ts';
import { ms } from '../lib/units.ts';
import { plain } from '../lib/plain.ts';
import { absentSentence, type Tool } from './tools.ts';
import { programOf, whereabouts, type Shell } from './shells.ts';
import type { Target } from './target.ts';
import { Transcript } from './transcript.ts';

const PLACES = ['/usr/bin', '/usr/local/bin', '/usr/sbin', '/usr/local/sbin', '/bin', '/sbin'] as const;

/** A tool at work, or over. */
export interface ToolRun {
  readonly tool: Pick<Tool, 'title' | 'interactive' | 'program'>;
  readonly target: Target;
  readonly attachment: Attachment;
  /** All that it printed, bounded; hostile bytes. */
  readonly transcript: Transcript;
  /** How it ended; its `detail` says what was wrong where the tool could not work. */
  readonly ended: Promise<AttachmentEnd>;
  /** It has a process that it may stop; a shell has none. */
  readonly traces: boolean;
}

/** Is the tool's program on the host? Undefined when that could not be seen. */
export async function isInstalled(host: Host, tool: Tool): Promise<boolean | undefined> {
  if (tool.program === undefined) return true;
  for (const place of PLACES) {
    const reading = await host.read({ kind: 'statfs', path: `${place}/${tool.program}` });
    if (reading.ok) return true;
    if (reading.why !== 'absent') return undefined;
  }
  return false;
}

/** Starts a tool on a process, which the guard on the host will not leave stopped. Rejects with one sentence. */
export async function startTool(
  live: LiveHost,
  tool: Tool,
  target: Target,
  size: { readonly columns: number; readonly rows: number },
): Promise<ToolRun> {
  if (!tool.argv) throw new Error(`${tool.title} needs no tool on the host`);
  const attachment = await live.attach({
    argv: tool.argv(target),
    as: 'root',
    ...size,
    target: { pid: target.pid, startTicks: target.startTicks },
    keepAll: tool.keepAll,
    reason: `${tool.title}, on ${plain(target.name)} (${target.pid}), asked for by the engineer`,
  });
  return runOf(tool, target, attachment, true, (end, said) => explained(end, tool, said));
}

/** Starts a shell among the files or in the network of a process. Rejects with one sentence. */
export async function startShell(
  live: LiveHost,
  shell: Shell,
  target: Target,
  size: { readonly columns: number; readonly rows: number },
): Promise<ToolRun> {
  const enter = shell.enter(target);
  if (typeof enter === 'string') throw new Error(enter);
  const attachment = await live.attach({
    argv: programOf(enter),
    as: 'root',
    ...size,
    enter,
    reason: whereabouts(enter, target),
  });
  const tool = { title: shell.title, interactive: true };
  return runOf(tool, target, attachment, false, ({ exitCode, detail }) =>
    exitCode === undefined ? detail : `the shell ended with exit code ${exitCode}`,
  );
}

function runOf(
  tool: ToolRun['tool'],
  target: Target,
  attachment: Attachment,
  traces: boolean,
  told: (end: AttachmentEnd, said: string) => string,
): ToolRun {
  const transcript = new Transcript();
  attachment.onData((bytes) => transcript.add(bytes));
  const finish = async (): Promise<AttachmentEnd> => {
    const end = await attachment.ended;
    return { ...end, detail: told(end, transcript.text()) };
  };
  return { tool, target, attachment, transcript, ended: finish(), traces };
}

/** What went wrong in words of ours, where the tool's own last words are known. */
export function explained(end: AttachmentEnd, tool: Tool, said: string): string {
  if (end.exitCode === 127) return absentSentence(tool);
  if (/ptrace: Operation not permitted|ptrace\(PTRACE_(?:SEIZE|ATTACH)[^)]*\): Operation not permitted/.test(said))
    return 'the kernel refused to trace it: that needs root, and ptrace not locked (kernel.yama.ptrace_scope below 3)';
  if (end.exitCode === 124) return `${tool.program ?? tool.id} was ended after its time, as planned`;
  return end.detail;
}

/** The pause, for the notes: one sentence with the figures as measured on the host. */
export function pauseSentence(
  { tool, target, traces }: Pick<ToolRun, 'tool' | 'target' | 'traces'>,
  end: AttachmentEnd,
): string {
  const { longestStopMs, totalStopMs, resolutionMs, targetState } = end;
  const name = `${plain(target.name)} (${target.pid})`;
  if (!traces) return [end.detail, ...end.guard].join('; ');
  if (longestStopMs === undefined) return `${tool.title}: how long ${name} stood still is not known`;
  const within = resolutionMs === undefined ? '' : ` (±${ms(resolutionMs)})`;
  const after =
    targetState === undefined ? '' : targetState === 'gone' ? '; it is gone now' : `; state ${targetState} now`;
  return `${tool.title}: ${name} stood still for ${ms(longestStopMs)} at a time${within}, ${ms(totalStopMs)} in all${after}`;
}
