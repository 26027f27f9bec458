import { gzipSync } from 'node:zlib';
import type { LiveSession } from '../collect/live-session.ts';
import { sampleStacks } from '../collect/sample-stacks.ts';
import type { Config } from '../config.ts';
import { nearest } from '../lib/did-you-mean.ts';
import { plain } from '../lib/plain.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';
import { TransportError } from '../host/transport.ts';
import { hiddenBy } from '../sources/processes/hidden-processes.ts';
import { processes, type Process } from '../sources/processes/processes.ts';
import { flameSvg } from '../stacks/flame-svg.ts';
import { foldedText } from '../stacks/folded.ts';
import { pprofBytes } from '../stacks/pprof.ts';
import type { StackProfile } from '../stacks/profile.ts';
import { profileAbout, profileText, rateText } from '../stacks/profile-text.ts';
import type { Sampling } from '../stacks/sampling.ts';
import { speedscopeJson } from '../stacks/speedscope.ts';
import { stackTree } from '../stacks/stack-tree.ts';
import { sources } from '../subsystems/index.ts';
import type { Command } from './arguments.ts';
import { keepNames } from './keep-names.ts';
import { linePrompter } from './line-prompter.ts';
import { print, warn } from './print.ts';
import { reachHost, watch } from './reach.ts';
import { settle } from './report.ts';
import { UsageError } from './usage-error.ts';
import { writeNew } from './write-new.ts';

type StacksCommand = Extract<Command, { kind: 'stacks' }>;

const NOTHING_SHOWN = 1;
const AMBIGUOUS = 2;
/** Processes of one name that are listed. */
const MAX_LISTED = 20;

/** Prints the stacks of a process, of one reading or sampled for a time. Resolves with the exit code. */
export async function printStacks(command: StacksCommand, config: Config): Promise<number> {
  const { reach, process: wanted, redact, format, out } = command;
  if (format === 'pprof' && out === undefined && process.stdout.isTTY)
    throw new UsageError('--format pprof is binary: write it to a file with --out FILE, or to a pipe');
  const reached = await reachHost(
    { ...reach, backend: reach.backend ?? config.defaults.transport },
    linePrompter(process.stdin, process.stderr),
  );
  const session = watch(reached, reach.budgetPct ?? config.budgetPct, [], redact ? sources : []);
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  process.on('SIGINT', stop);
  try {
    const { found, hidden } = await processNamed(session, wanted);
    if (found.length !== 1) {
      const refused = () => refusal(found, wanted, `${reached.host.name}${hidden}`);
      const [first = '', ...rows] = redact ? await redacted(session, refused) : refused();
      warn(first);
      for (const row of rows) process.stderr.write(`${row}\n`);
      return found.length === 0 ? NOTHING_SHOWN : AMBIGUOUS;
    }
    const [{ pid, startTicks }] = found as readonly [Process];
    const sampling = await sampleStacks(
      session,
      { pid, startTicks },
      {
        forMs: command.forMs ?? 0,
        budgetPct: session.status().budgetPct,
        stopped: stopped.signal,
        progress: showProgress,
      },
    );
    endProgress();
    const { profile, problem } = sampling;
    if (!profile) {
      warn(`stacks of ${wanted} (${pid}) on ${reached.host.name}: ${problem ?? 'not read'}`);
      return NOTHING_SHOWN;
    }
    const content = redact
      ? await redacted(session, () => contentOf(profile, sampling, format))
      : contentOf(profile, sampling, format);
    if (out !== undefined) await writeNew(out, content);
    else if (typeof content === 'string') await print(content);
    else process.stdout.write(content);
    return 0;
  } finally {
    process.off('SIGINT', stop);
    await session.stop();
  }
}

interface NamedProcesses {
  readonly found: readonly Process[];
  /** ` (processes of other users hidden)`, or nothing. */
  readonly hidden: string;
}

/** Processes with that pid, name, or program; the programs of interpreters are scripts. Rejects where the table is not readable. */
async function processNamed(session: LiveSession, wanted: string): Promise<NamedProcesses> {
  const reading = await session.host.read({ kind: 'processes', as: 'root' });
  if (!reading.ok) throw new TransportError(`processes not readable: ${reading.detail}`);
  const table = processes.parse({ table: reading.value }).processes;
  const why = hiddenBy(table, undefined);
  const hidden = why === undefined ? '' : ` (processes of other users ${why})`;
  const all = [...table.values()];
  if (/^\d+$/.test(wanted)) return { found: all.filter(({ pid }) => pid === Number(wanted)), hidden };
  const base = (path: string | undefined): string => path?.slice(path.lastIndexOf('/') + 1) ?? '';
  const exact = all.filter(({ command: name, commandLine = '' }) => {
    const [program, script] = commandLine.split(' ');
    return [name, base(program), base(script)].includes(wanted);
  });
  if (exact.length > 0) return { found: exact, hidden };
  const near = nearest(
    wanted,
    all.map(({ command }) => command),
  );
  if (near !== undefined) warn(`no process "${wanted}"; did you mean ${near}?`);
  return { found: [], hidden };
}

/** Lines that state why no process is taken. */
function refusal(found: readonly Process[], wanted: string, host: string): readonly string[] {
  if (found.length === 0) return [`no process ${plain(wanted)} on ${plain(host)}`];
  return [
    `${found.length} processes ${plain(wanted)} on ${plain(host)}; name one by its pid:`,
    ...found
      .slice(0, MAX_LISTED)
      .map(
        ({ pid, commandLine, command }) =>
          `  ${String(pid).padStart(7)}  ${plain(commandLine || command).slice(0, 100)}`,
      ),
    ...(found.length > MAX_LISTED ? [`  and ${found.length - MAX_LISTED} more`] : []),
  ];
}

/** Content with pseudonyms of the host's names. */
async function redacted<Content>(session: LiveSession, make: () => Content): Promise<Content> {
  const veil = new ScreenRedaction();
  await settle(session);
  veil.learnTarget(session.host.name);
  veil.learnFrom(session.timeline, sources);
  veil.set(true);
  try {
    return make();
  } finally {
    veil.set(false);
    const names = keepNames(veil.redactor, Date.now());
    if (names !== undefined) warn(`pseudonym table: ${names} (private)`);
  }
}

function contentOf(profile: StackProfile, { effect }: Sampling, format: StacksCommand['format']): string | Uint8Array {
  switch (format) {
    case 'text':
      return profileText(profile, effect);
    case 'folded':
      return foldedText(profile);
    case 'speedscope':
      return `${speedscopeJson(profile)}\n`;
    case 'svg':
      return flameSvg(stackTree(profile), `${profile.name} (${profile.pid})`, profileAbout(profile));
    case 'pprof':
      return gzipSync(pprofBytes(profile));
  }
}

/** One line on a terminal that changes. */
function showProgress({ elapsedMs, forMs, profile }: Sampling): void {
  if (!process.stderr.isTTY || forMs === 0) return;
  const readings = profile === undefined ? '' : `, ${rateText(profile)}`;
  process.stderr.write(
    `\r\u001B[Ksampling ${Math.floor(elapsedMs / 1000)} s of ${forMs / 1000} s${readings}; ^C ends it`,
  );
}

function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
}
