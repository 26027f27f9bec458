import { grade, limits } from '../../thresholds.ts';
import { percent, span } from '../../lib/units.ts';
import type { ContainerStatus, Pod, Terminated } from '../../sources/kubernetes/objects.ts';
import type { ContainerUse } from '../containers/use.ts';
import { CONFIG, IMAGE, RECENT_SECONDS, SLOW_SECONDS } from './pod-reasons.ts';
import type { PodStatus } from './pod-status.ts';
import { printedTroubles } from './printed-trouble.ts';
import type { FailedStart } from './start-events.ts';

/** A problem of a pod in the words that its row shows. All texts are raw. */
export interface PodTrouble {
  readonly kind:
    | 'oom'
    | 'crash'
    | 'image'
    | 'config'
    | 'failed'
    | 'evicted'
    | 'unscheduled'
    | 'starting'
    | 'unready'
    | 'terminating'
    | 'lost'
    | 'restarted'
    | 'memory'
    | 'throttled'
    | 'pids';
  readonly severity: 'crit' | 'warn' | 'info';
  readonly words: string;
  /** Age of the start, where the API server has it. */
  readonly sinceSeconds?: number;
  /** Age of a problem that is over, where the container runs again or the pod has ended; undefined while it lasts. */
  readonly pastSeconds?: number;
}

const RANK = { crit: 0, warn: 1, info: 2 } as const;

/** Problems of a pod, the worst first; without a clock of the host they have no ages. */
export function podTroubles(
  pod: Pod,
  status: PodStatus,
  use: ContainerUse | undefined,
  nowEpochSeconds: number | undefined,
  failedStart?: FailedStart,
): readonly PodTrouble[] {
  const found: PodTrouble[] = [];
  const add = (kind: PodTrouble['kind'], severity: PodTrouble['severity'], ...words: readonly (string | undefined)[]) =>
    found.push({ kind, severity, words: words.filter((word) => word !== undefined && word !== '').join(', ') });
  const since = (epoch: number | undefined) =>
    epoch === undefined || nowEpochSeconds === undefined ? undefined : Math.max(0, nowEpochSeconds - epoch);
  const ago = (epoch: number | undefined) => (since(epoch) === undefined ? '' : ` ${span(since(epoch))} ago`);
  /** What is over: a problem for some minutes, then history. */
  const over = (kind: PodTrouble['kind'], pastSeconds: number | undefined, words: string) =>
    found.push({
      kind,
      // A pod that failed is over for good: its Job or ReplicaSet reports what is missing.
      severity: kind !== 'failed' && (pastSeconds ?? Infinity) < RECENT_SECONDS ? 'warn' : 'info',
      words,
      ...(pastSeconds !== undefined && { pastSeconds }),
    });
  const isOver = pod.phase === 'Succeeded' || pod.phase === 'Failed';
  if (pod.printed !== undefined)
    return printedTroubles(pod.printed, {
      ageSeconds: since(pod.createdEpochSeconds),
      restartedSeconds: since(pod.printed.restartedEpochSeconds),
      node: pod.node,
    });

  // Containers of a pod that is deleted end because of that.
  const checked = pod.deletedEpochSeconds === undefined ? [...pod.initStatuses, ...pod.statuses] : [];
  for (const one of checked) {
    const which = pod.statuses.length + pod.initStatuses.length > 1 ? `${one.name}: ` : '';
    const why = one.waiting?.reason ?? '';
    if (isStoppedSidecar(pod, one)) continue;
    const ended = one.terminated ?? one.last;
    const isOom = ended?.reason === 'OOMKilled';
    const recent = ended && (since(ended.finishedEpochSeconds) ?? 0) < RECENT_SECONDS;
    if (isOom && (recent || (!isOver && (why !== '' || one.terminated)))) {
      // Of a pod that has ended no container is down for it: nothing will be restarted.
      const isPast = isOver || (why === '' && !one.terminated);
      const pastSeconds = isPast ? since(ended.finishedEpochSeconds) : undefined;
      const words = `${which}OOMKilled (${ended.exitCode ?? 137})${ago(ended.finishedEpochSeconds)}`;
      const backing = backOff(one, nowEpochSeconds);
      found.push({
        kind: 'oom',
        severity: 'crit',
        words: backing === undefined || backing === '' ? words : `${words}, ${backing}`,
        ...(pastSeconds !== undefined && { pastSeconds }),
      });
    } else if (why === 'CrashLoopBackOff')
      add(
        'crash',
        'crit',
        `${which}${endText(ended)}${ago(ended?.finishedEpochSeconds)}`,
        backOff(one, nowEpochSeconds),
      );
    else if (IMAGE.test(why)) add('image', 'crit', `${which}${firstSentence(one.waiting?.message) ?? why}`);
    else if (CONFIG.test(why)) add('config', 'crit', `${which}${firstSentence(one.waiting?.message) ?? why}`);
    else if (!isOver && one.terminated && one.terminated.exitCode !== 0)
      add('crash', 'crit', `${which}${endText(one.terminated)}${ago(one.terminated.finishedEpochSeconds)}`);
    else if (isOver && one.terminated && one.terminated.exitCode !== 0)
      over(
        'failed',
        since(one.terminated.finishedEpochSeconds),
        `${which}${endText(one.terminated)}${ago(one.terminated.finishedEpochSeconds)}`,
      );
    else if (one.restarts > 0 && recent)
      over(
        'restarted',
        since(ended.finishedEpochSeconds),
        `${which}${endText(ended)}${ago(ended.finishedEpochSeconds)}`,
      );
  }
  if (pod.reason === 'Evicted') over('evicted', endedSeconds(pod, since), firstSentence(pod.message) ?? 'Evicted');
  else if (pod.phase === 'Failed' && found.length === 0 && pod.deletedEpochSeconds === undefined)
    over(
      'failed',
      endedSeconds(pod, since),
      [pod.reason ?? 'Failed', firstSentence(pod.message)].filter(Boolean).join(', '),
    );
  const deleting = since(pod.deletedEpochSeconds);
  if (status.status === 'Unknown') add('lost', 'crit', 'NodeLost, node unreachable');
  // Since 1.27 the containers of a deleted pod end first, and the pod then waits for its finalizers.
  else if (deleting !== undefined && (!isOver || pod.finalizers.length > 0) && deleting > SLOW_SECONDS)
    add(
      'terminating',
      'warn',
      `Terminating for ${span(deleting)}`,
      pod.finalizers.length > 0 ? `finalizers ${pod.finalizers.join(' ')}` : undefined,
    );
  if (found.length === 0 && !isOver && !isDone(pod) && deleting === undefined)
    starting(pod, status, since, add, failedStart);
  if (!isOver) strained(use, add);
  return found
    .map((one) => ({ ...one, ...sinceOf(one.kind, pod, since) }))
    .toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
}

/** Whether a container was stopped by a signal since the work of its pod is done: the kubelet ends sidecars so. */
function isStoppedSidecar(pod: Pod, { name, terminated }: ContainerStatus): boolean {
  if (terminated === undefined || terminated.reason === 'OOMKilled') return false;
  if (terminated.exitCode !== 143 && terminated.exitCode !== 137) return false;
  const isSidecar = pod.initContainers.some((one) => one.sidecar && one.name === name);
  return pod.phase === 'Succeeded' || (isSidecar && isDone(pod));
}

/** Whether the work of a pod is done: only sidecars may run. */
const isDone = ({ statuses }: Pod): boolean =>
  statuses.length > 0 && statuses.every(({ terminated }) => terminated?.exitCode === 0);

/** Age of the end of a pod: of its last container, else of its last condition. */
function endedSeconds(pod: Pod, since: (epoch: number | undefined) => number | undefined): number | undefined {
  const ends = pod.statuses.flatMap(({ terminated }) => since(terminated?.finishedEpochSeconds) ?? []);
  const changes = pod.conditions.flatMap(({ sinceEpochSeconds }) => since(sinceEpochSeconds) ?? []);
  const ages = ends.length > 0 ? ends : changes;
  return ages.length === 0 ? undefined : Math.min(...ages);
}

/** Start of a problem: of its condition, of the deletion, of the pod for one that never worked. */
function sinceOf(
  kind: PodTrouble['kind'],
  pod: Pod,
  since: (epoch: number | undefined) => number | undefined,
): Pick<PodTrouble, 'sinceSeconds'> {
  const condition = (name: string) =>
    pod.conditions.find(({ type, status }) => type === name && status === 'False')?.sinceEpochSeconds;
  const epoch =
    kind === 'terminating'
      ? pod.deletedEpochSeconds
      : kind === 'unready'
        ? condition('Ready')
        : kind === 'unscheduled'
          ? condition('PodScheduled')
          : kind === 'starting' || kind === 'image' || kind === 'config'
            ? pod.createdEpochSeconds
            : undefined;
  const seconds = since(epoch);
  return seconds === undefined ? {} : { sinceSeconds: seconds };
}

type Add = (
  kind: PodTrouble['kind'],
  severity: PodTrouble['severity'],
  ...words: readonly (string | undefined)[]
) => void;

/** Problems of a pod without a failed container: Unschedulable, Pending, not Ready. */
function starting(
  pod: Pod,
  status: PodStatus,
  since: (epoch: number | undefined) => number | undefined,
  add: Add,
  failed: FailedStart | undefined,
): void {
  const unplaced = pod.conditions.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  if (unplaced) return add('unscheduled', 'crit', unplaced.reason ?? 'Unschedulable', firstSentence(unplaced.message));
  const age = since(pod.createdEpochSeconds);
  if (pod.phase === 'Pending') {
    if (failed) return add('starting', 'crit', `${failed.reason}: ${firstSentence(failed.cause) ?? failed.reason}`);
    const slow = age !== undefined && age > SLOW_SECONDS;
    return add('starting', slow ? 'warn' : 'info', `Pending for ${span(age)}`);
  }
  const unready = pod.conditions.find(({ type, status: is }) => type === 'Ready' && is === 'False');
  if (status.ready >= status.containers && !unready) return;
  const seconds = since(unready?.sinceEpochSeconds);
  const severity = seconds === undefined || seconds > SLOW_SECONDS ? 'crit' : 'info';
  add('unready', severity, `not Ready${seconds === undefined ? '' : ` for ${span(seconds)}`}`);
}

/** Limits of the pod that it is near to. */
function strained(use: ContainerUse | undefined, add: Add): void {
  const memory = grade(use?.memoryPct, limits.containerMemoryPct);
  if (memory !== 'text') add('memory', memory, `memory ${percent(use?.memoryPct)} of limit`);
  if (grade(use?.throttledPct, limits.containerThrottledPct) !== 'text')
    add('throttled', 'warn', `throttled ${percent(use?.throttledPct)}`);
  const pids = grade(use?.pidsPct, limits.containerPidsPct);
  if (pids !== 'text') add('pids', pids, `${use?.pids} of ${use?.pidsMax} pids`);
}

/** Names of signals 0 to 15 on Linux. */
const SIGNALS =
  ' SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM SIGTERM'.split(
    ' ',
  );
const signalName = (number: number): string => SIGNALS[number] ?? `signal ${number}`;

/** End of a container: `exit 3`, `SIGKILL`, `exit 143: SIGTERM`, `StartError (exit 128)`. */
export function endText(ended: Terminated | undefined): string {
  if (!ended) return 'exited';
  const { exitCode, signal, reason } = ended;
  const code = signal ? signalName(signal) : `exit ${exitCode ?? '—'}`;
  const by = exitCode !== undefined && exitCode > 128 && exitCode < 160 ? `: ${signalName(exitCode - 128)}` : '';
  return reason === undefined || reason === 'Error' || reason === 'Completed' ? `${code}${by}` : `${reason} (${code})`;
}

/** State of the restart back-off: `back-off 40 s, next restart in 12 s`, by the kubelet's message. */
export function backOff({ waiting, last }: ContainerStatus, nowEpochSeconds: number | undefined): string | undefined {
  const found = /\bback-off (?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)? /.exec(waiting?.message ?? '');
  if (waiting?.reason !== 'CrashLoopBackOff' || !found) return undefined;
  const waits = Number(found[1] ?? 0) * 3600 + Number(found[2] ?? 0) * 60 + Number(found[3] ?? 0);
  const finished = last?.finishedEpochSeconds;
  const next = finished === undefined || nowEpochSeconds === undefined ? undefined : finished + waits - nowEpochSeconds;
  const when = next === undefined ? '' : next > 0 ? `, next restart in ${span(next)}` : ', restart due';
  return `back-off ${span(waits)}${when}`;
}

/** First sentence of a message, which has its cause; the rest goes on for lines. */
const firstSentence = (text: string | undefined): string | undefined =>
  text?.split(/(?<=\w{2})[.;] |\n/)[0]?.trim() || undefined;
