import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveSession } from '../collect/live-session.ts';
import { KEPT_MS, type Session } from '../collect/session.ts';
import type { Config } from '../config.ts';
import { metText, waitingText } from '../figures/condition-text.ts';
import { ConditionWatch, isMet, type MetVerdict, type Verdict } from '../figures/condition-watch.ts';
import { figureProblem } from '../figures/find-figures.ts';
import type { LinkState } from '../host/link-state.ts';
import type { Prompter } from '../host/prompter.ts';
import { TransportError } from '../host/transport.ts';
import { sampleStacks } from '../collect/sample-stacks.ts';
import { profileText } from '../stacks/profile-text.ts';
import { plain } from '../lib/plain.ts';
import { bytes, duration, span } from '../lib/units.ts';
import { stackLines } from '../panes/processes/stacks.ts';
import type { ProcessRef } from '../panes/pane.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';
import { processStacks } from '../sources/processes/stacks.ts';
import { bindDetail } from '../sources/source.ts';
import { panes, sources } from '../subsystems/index.ts';
import type { Command } from './arguments.ts';
import { linePrompter } from './line-prompter.ts';
import { print, warn } from './print.ts';
import { reachHost, watch } from './reach.ts';
import { startRecording, startRedacted } from './start-recording.ts';
import { UsageError } from './usage-error.ts';

type WaitCommand = Extract<Command, { kind: 'wait' }>;

const POLL_MS = 250;
/** Processes of which stacks are taken. */
const MOST_STACKS = 4;
const TIMED_OUT = 3;
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Waits for a condition, then marks, records and takes stacks. Resolves with the exit code; rejects when it cannot wait. */
export async function waitForCondition(command: WaitCommand, config: Config): Promise<number> {
  const { reach, condition, timeoutMs } = command;
  const backend = reach.backend ?? config.defaults.transport;
  const progress = new StderrProgress();
  const reached = await reachHost({ ...reach, backend }, prompterBeside(progress));
  const session = watch(reached, reach.budgetPct ?? config.budgetPct);
  const stopped = new AbortController();
  let code = 0;
  const onSignal = (signal: keyof typeof SIGNALS) => {
    code = SIGNALS[signal];
    stopped.abort();
  };
  const names = Object.keys(SIGNALS) as readonly (keyof typeof SIGNALS)[];
  for (const name of names) process.on(name, onSignal);
  try {
    const waiting = new ConditionWatch(condition, panes);
    session.keep({ sources: waiting.sources, forMs: KEPT_MS });
    const met = await untilMet(session, waiting, {
      timeoutMs,
      stopped: stopped.signal,
      progress,
    });
    if (stopped.signal.aborted) return code;
    if (met === undefined) {
      warn(`timed out after ${span((timeoutMs ?? 0) / 1000)}: ${condition.text}`);
      return TIMED_OUT;
    }
    await act(session, command, met, stopped.signal);
    return 0;
  } finally {
    for (const name of names) process.off(name, onSignal);
    await session.stop();
  }
}

/** Prompter that starts a line for each notice, and shows a text once: a server sends its banner again at every reconnect. */
function prompterBeside(progress: WaitProgress): Prompter {
  const prompter = linePrompter(process.stdin, process.stderr);
  const shown = new Set<string>();
  return {
    ...prompter,
    notify: (line) => {
      if (shown.has(line)) return;
      shown.add(line);
      progress.end();
      prompter.notify(line);
    },
  };
}

/** Display of the state while waiting. */
export interface WaitProgress {
  readonly show: (session: Session, verdict: Verdict) => void;
  readonly note: (text: string) => void;
  readonly end: () => void;
}

/** Verdict once the condition is met; undefined after the timeout or a signal. */
export async function untilMet(
  session: Session,
  waiting: ConditionWatch,
  {
    timeoutMs,
    stopped,
    progress,
  }: {
    readonly timeoutMs: number | undefined;
    readonly stopped: AbortSignal;
    readonly progress: WaitProgress;
  },
): Promise<MetVerdict | undefined> {
  const endMs = Date.now() + (timeoutMs ?? Infinity);
  let isChecked = false;
  try {
    while (!stopped.aborted && Date.now() < endMs) {
      const verdict = waiting.at((needs, wallMs) => session.timeline.momentAt(needs, wallMs), Date.now());
      if (verdict.problem !== undefined) throw new UsageError(verdict.problem);
      if (isMet(verdict)) return verdict;
      const { link } = session.status();
      if (link.state === 'closed') throw new TransportError(`connection closed: ${link.detail}`);
      if (!isChecked && isRead(session, waiting.sources)) {
        isChecked = true;
        const problem = figureProblem(waiting.condition.figure, panes, (pane) =>
          session.timeline.momentAt(pane.needs, Date.now()),
        );
        if (problem !== undefined) progress.note(`${problem.sentence}; waiting for it`);
      }
      progress.show(session, verdict);
      await sleep(POLL_MS, undefined, { signal: stopped }).catch(() => undefined);
    }
    return undefined;
  } finally {
    progress.end();
  }
}

/** Whether each of the sources was read. */
const isRead = (session: Session, ids: readonly string[]): boolean =>
  session.status().sources.every(({ id, reads }) => reads > 0 || !ids.includes(id));

/** Marker, line, recording and stacks of a condition that is met. */
async function act(session: LiveSession, command: WaitCommand, met: MetVerdict, stopped: AbortSignal): Promise<void> {
  const { condition, recordMs, stacks, redact } = command;
  const veil = new ScreenRedaction();
  if (redact) {
    veil.learnTarget(session.host.name);
    veil.learnFrom(session.timeline, sources);
  }
  const text = metText(condition, met.holding);
  session.mark(text);
  const recording =
    recordMs === undefined ? undefined : redact ? await startRedacted(session, veil) : await startRecording(session);
  const out = (line: string) => print(`${redact ? veil.redactor.text(line) : line}\n`);
  await out(`${new Date().toISOString()} ${text}`);
  if (stacks) {
    const processes = processesOf(met);
    if (processes.length === 0) warn('stacks: no process of this object on the host');
    for (const process of processes) await out(await stacksText(session, process, stopped));
  }
  if (!recording) return;
  const startMs = Date.now();
  await sleep(recordMs, undefined, { signal: stopped }).catch(() => undefined);
  await recording.stop();
  const { path, bytes: size, problem, sinceMs } = recording.state();
  const before = span(Math.max(0, startMs - sinceMs) / 1000);
  warn(problem ?? `recording: ${path} (${bytes(size)}, begins ${before} before)`);
}

const processesOf = ({ holding }: MetVerdict): readonly ProcessRef[] =>
  [...new Map(holding.flatMap(({ figure: { process } }) => (process ? [[process.pid, process]] : []))).values()].slice(
    0,
    MOST_STACKS,
  );

/** Stacks of a process, once, without stopping it; those of the kernel alone where the others cannot be read. */
async function stacksText(session: Session, process: ProcessRef, stopped: AbortSignal): Promise<string> {
  const { budgetPct } = session.status();
  const { profile, effect } = await sampleStacks(session, process, { forMs: 0, budgetPct, stopped });
  if (profile) return profileText(profile, effect).trimEnd();
  const { sample, missing } = await session.readDetail(bindDetail(processStacks, process));
  // bindDetail made the sample one of processStacks.
  const { threads } = sample as ReturnType<typeof processStacks.parse>;
  const head = `kernel stacks of ${plain(process.name)} (${process.pid})`;
  return [head, ...stackLines(threads, Object.values(missing))].join('\n');
}

/** State of a line that brings no readings: `line lost 12 s: …, retry in 3 s`. */
export function linkProblem(link: LinkState, nowMs: number): string | undefined {
  if (link.state !== 'lost' && link.state !== 'stalled') return undefined;
  const text = `line ${link.state} ${duration((nowMs - link.sinceMs) / 1000)}: ${link.detail}`;
  const retryAtMs = link.state === 'lost' ? link.retryAtMs : undefined;
  return retryAtMs === undefined ? text : `${text}, retry in ${duration(Math.max(0, retryAtMs - nowMs) / 1000)}`;
}

/** State on standard error: one line that changes on a terminal, else a line at each change of the connection. */
class StderrProgress implements WaitProgress {
  #link = 'live';

  show(session: Session, verdict: Verdict): void {
    const { link } = session.status();
    const problem = linkProblem(link, Date.now());
    if (process.stderr.isTTY)
      process.stderr.write(`\r\u001B[K${plain(`waiting: ${problem ?? waitingText(verdict)}; ^C stops`)}`);
    else if (link.state !== this.#link) warn(problem ?? 'line restored');
    this.#link = link.state;
  }

  note(text: string): void {
    this.end();
    warn(text);
  }

  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
  }
}
