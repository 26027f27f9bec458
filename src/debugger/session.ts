import type { Attachment, AttachmentEnd, Host, LiveHost } from '../host/host.ts';
import { ms } from '../lib/units.ts';
import { plain } from '../lib/plain.ts';
import { gdbSymbols } from './gdb-symbols.ts';
import { absentSentence, type Tool } from './tools.ts';
import { auditReason, programOf, type Shell } from './shells.ts';
import type { Target } from './target.ts';
import { Transcript } from './transcript.ts';

const BIN_FOLDERS = ['/usr/bin', '/usr/local/bin', '/usr/sbin', '/usr/local/sbin', '/bin', '/sbin'] as const;

/** Run of a tool, live or ended. */
export interface ToolRun {
  readonly tool: Pick<Tool, 'title' | 'interactive' | 'program'>;
  /** What it runs on: `gdb-target (123)`, sanitised. */
  readonly on: string;
  readonly attachment: Attachment;
  /** Output, bounded; hostile bytes. */
  readonly transcript: Transcript;
  /** End of the run; `detail` has the cause of a failure. */
  readonly ended: Promise<AttachmentEnd>;
  /** Whether it traces a process; a shell does not. */
  readonly traces: boolean;
}

/** Whether the program of a tool is on the host; undefined if not readable. */
export async function isInstalled(host: Host, tool: Tool): Promise<boolean | undefined> {
  if (tool.program === undefined) return true;
  for (const folder of BIN_FOLDERS) {
    const reading = await host.read({ kind: 'statfs', path: `${folder}/${tool.program}` });
    if (reading.ok) return true;
    if (reading.why !== 'absent') return undefined;
  }
  return false;
}

/** Starts a tool on a process, under the guard on the host. Rejects with the reason. */
export async function startTool(
  live: LiveHost,
  tool: Tool,
  target: Target,
  size: { readonly columns: number; readonly rows: number },
): Promise<ToolRun> {
  if (!tool.argv) throw new Error(`${tool.title}: no program to start`);
  const symbols = tool.program === 'gdb' ? await gdbSymbols(live, target, process.env) : undefined;
  const attachment = await live.attach({
    argv: tool.argv(target, symbols?.commands),
    files: symbols?.files,
    as: 'root',
    ...size,
    target: { pid: target.pid, startTicks: target.startTicks },
    keepAll: tool.keepAll,
    reason: `${tool.title}, on ${plain(target.name)} (${target.pid}), requested by the engineer${symbols === undefined || symbols.files.length === 0 ? '' : `; ${symbols.note}`}`,
  });
  return runOf(tool, nameOf(target), attachment, true, (end, output) => explained(end, tool, output));
}

/** Starts a shell in namespaces of a process. Rejects with the reason. */
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
    reason: auditReason(enter, target),
  });
  const tool = { title: shell.title, interactive: true };
  return runOf(tool, nameOf(target), attachment, false, ({ exitCode, detail }) =>
    exitCode === undefined ? detail : `shell ended with exit code ${exitCode}`,
  );
}

const nameOf = ({ name, pid }: Target): string => `${plain(name)} (${pid})`;

/** Run over an attachment, with its output kept. */
export function runOf(
  tool: ToolRun['tool'],
  on: string,
  attachment: Attachment,
  traces: boolean,
  detailOf: (end: AttachmentEnd, output: string) => string,
): ToolRun {
  const transcript = new Transcript();
  attachment.onData((bytes) => transcript.add(bytes));
  const finish = async (): Promise<AttachmentEnd> => {
    const end = await attachment.ended;
    return { ...end, detail: detailOf(end, transcript.text()) };
  };
  return { tool, on: plain(on), attachment, transcript, ended: finish(), traces };
}

/** Detail of an end, by exit code and output of the tool. */
export function explained(end: AttachmentEnd, tool: Tool, output: string): string {
  if (end.exitCode === 127) return absentSentence(tool);
  if (/ptrace: Operation not permitted|ptrace\(PTRACE_(?:SEIZE|ATTACH)[^)]*\): Operation not permitted/.test(output))
    return 'ptrace: Operation not permitted (needs root, and kernel.yama.ptrace_scope below 3)';
  if (end.exitCode === 124) return `${tool.program ?? tool.id} ended at its time limit, as planned`;
  return end.detail;
}

/** Stop times of the target, as measured on the host. */
export function pauseSentence(
  { tool, on, traces }: Pick<ToolRun, 'tool' | 'on' | 'traces'>,
  end: AttachmentEnd,
): string {
  const { longestStopMs, totalStopMs, resolutionMs, targetState } = end;
  if (!traces) return [end.detail, ...end.guard].join('; ');
  if (longestStopMs === undefined) return `${tool.title}: ${on}, stop time not measured`;
  const within = resolutionMs === undefined ? '' : ` (±${ms(resolutionMs)})`;
  const after = targetState === undefined ? '' : targetState === 'gone' ? '; gone now' : `; state ${targetState} now`;
  return `${tool.title}: ${on}, stopped for ${ms(longestStopMs)} at a time${within}, ${ms(totalStopMs)} in total${after}`;
}
