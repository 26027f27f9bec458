import { grade, limits } from '../../thresholds.ts';
import { duration, percent } from '../../lib/units.ts';
import type { ContainerStatus, Pod, Terminated } from '../../sources/kubernetes/objects.ts';
import type { ContainerUse } from '../containers/use.ts';
import type { PodStatus } from './pod-status.ts';

/** What ails a pod, in some words, as the list shows it. All texts are raw. */
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
  /** Present when it is over, and the container runs again: how long ago it was. */
  readonly pastSeconds?: number;
}

const RANK = { crit: 0, warn: 1, info: 2 } as const;
/** A container that ended so shortly ago that this is news. */
const LATELY_SECONDS = 600;
/** A pod that is begun or ended for longer than this does not get on. */
const SLOW_SECONDS = 60;

const IMAGE =
  /^(?:ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable|SignatureValidationFailed)$/;
const CONFIG =
  /^(?:CreateContainerConfigError|CreateContainerError|RunContainerError|ContainerCannotRun|StartError|PreCreateHookError|PreStartHookError|PostStartHookError)$/;

/** The worst first. Without a clock nothing is said of how long. */
export function podTroubles(
  pod: Pod,
  status: PodStatus,
  use: ContainerUse | undefined,
  nowEpochSeconds: number | undefined,
): readonly PodTrouble[] {
  const found: PodTrouble[] = [];
  const add = (kind: PodTrouble['kind'], severity: PodTrouble['severity'], ...words: readonly (string | undefined)[]) =>
    found.push({ kind, severity, words: words.filter((word) => word !== undefined && word !== '').join(', ') });
  const since = (epoch: number | undefined) =>
    epoch === undefined || nowEpochSeconds === undefined ? undefined : Math.max(0, nowEpochSeconds - epoch);
  const ago = (epoch: number | undefined) => (since(epoch) === undefined ? '' : ` ${duration(since(epoch))} ago`);
  const isOver = pod.phase === 'Succeeded' || pod.phase === 'Failed';

  // What is being deleted ends because of that.
  const looked = pod.deletedEpochSeconds === undefined ? [...pod.initStatuses, ...pod.statuses] : [];
  for (const one of looked) {
    const which = pod.statuses.length + pod.initStatuses.length > 1 ? `${one.name}: ` : '';
    const why = one.waiting?.reason ?? '';
    const ended = one.terminated ?? one.last;
    const isOom = ended?.reason === 'OOMKilled';
    const lately = ended && (since(ended.finishedEpochSeconds) ?? 0) < LATELY_SECONDS;
    if (isOom && (lately || (!isOver && (why !== '' || one.terminated)))) {
      const pastSeconds = why === '' && !one.terminated ? since(ended.finishedEpochSeconds) : undefined;
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
      add('failed', 'warn', `${which}${endText(one.terminated)}${ago(one.terminated.finishedEpochSeconds)}`);
    else if (one.restarts > 0 && lately)
      add('restarted', 'warn', `${which}${endText(ended)}${ago(ended.finishedEpochSeconds)}`);
  }
  if (pod.reason === 'Evicted') add('evicted', 'warn', firstSentence(pod.message) ?? 'Evicted');
  else if (pod.phase === 'Failed' && found.length === 0 && pod.deletedEpochSeconds === undefined)
    add('failed', 'warn', pod.reason ?? 'Failed', firstSentence(pod.message));
  const deleting = since(pod.deletedEpochSeconds);
  if (status.status === 'Unknown') add('lost', 'crit', 'its node is silent');
  // Since 1.27 what is deleted ends first, and then waits for its finalizers.
  else if (deleting !== undefined && (!isOver || pod.finalizers.length > 0) && deleting > SLOW_SECONDS)
    add(
      'terminating',
      'warn',
      `should be gone for ${duration(deleting)}`,
      pod.finalizers.length > 0 ? `held by ${pod.finalizers.join(' ')}` : undefined,
    );
  if (found.length === 0 && !isOver && deleting === undefined) starting(pod, status, since, add);
  if (!isOver) strained(use, add);
  return found.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
}

type Add = (
  kind: PodTrouble['kind'],
  severity: PodTrouble['severity'],
  ...words: readonly (string | undefined)[]
) => void;

/** Not where it should be, though nothing failed. */
function starting(
  pod: Pod,
  status: PodStatus,
  since: (epoch: number | undefined) => number | undefined,
  add: Add,
): void {
  const unplaced = pod.conditions.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  if (unplaced)
    return add('unscheduled', 'crit', firstSentence(unplaced.message) ?? unplaced.reason ?? 'not scheduled');
  const age = since(pod.createdEpochSeconds);
  if (pod.phase === 'Pending') {
    const slow = age !== undefined && age > SLOW_SECONDS;
    return add('starting', slow ? 'warn' : 'info', `${slow ? 'does not start' : 'starts'} for ${duration(age)}`);
  }
  const unready = pod.conditions.find(({ type, status: is }) => type === 'Ready' && is === 'False');
  if (status.ready >= status.containers && !unready) return;
  const seconds = since(unready?.sinceEpochSeconds);
  const severity = seconds === undefined || seconds > SLOW_SECONDS ? 'crit' : 'warn';
  add('unready', severity, `not ready${seconds === undefined ? '' : ` for ${duration(seconds)}`}`);
}

/** At a limit of its own. */
function strained(use: ContainerUse | undefined, add: Add): void {
  const memory = grade(use?.memoryPct, limits.containerMemoryPct);
  if (memory !== 'text') add('memory', memory, `memory ${percent(use?.memoryPct)} of its limit`);
  if (grade(use?.throttledPct, limits.containerThrottledPct) !== 'text')
    add('throttled', 'warn', `throttled ${percent(use?.throttledPct)}`);
  const pids = grade(use?.pidsPct, limits.containerPidsPct);
  if (pids !== 'text') add('pids', pids, `${use?.pids} of ${use?.pidsMax} pids`);
}

/** `exit 3`, `signal 9`, `exit 143: SIGTERM`. */
export function endText(ended: Terminated | undefined): string {
  if (!ended) return 'ended';
  const { exitCode, signal, reason } = ended;
  const code = signal ? `signal ${signal}` : `exit ${exitCode ?? '—'}`;
  const by = exitCode !== undefined && exitCode > 128 && exitCode < 160 ? `: signal ${exitCode - 128}` : '';
  return reason === undefined || reason === 'Error' || reason === 'Completed' ? `${code}${by}` : `${reason} (${code})`;
}

/** Where in the back-off it is: `back-off 40s, next start in 12s`. The kubelet says how long it waits. */
export function backOff({ waiting, last }: ContainerStatus, nowEpochSeconds: number | undefined): string | undefined {
  const found = /\bback-off (?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)? /.exec(waiting?.message ?? '');
  if (waiting?.reason !== 'CrashLoopBackOff' || !found) return undefined;
  const waits = Number(found[1] ?? 0) * 3600 + Number(found[2] ?? 0) * 60 + Number(found[3] ?? 0);
  const finished = last?.finishedEpochSeconds;
  const next = finished === undefined || nowEpochSeconds === undefined ? undefined : finished + waits - nowEpochSeconds;
  const when = next === undefined ? '' : next > 0 ? `, next start in ${duration(next)}` : ', starts now';
  return `back-off ${duration(waits)}${when}`;
}

/** Messages go on for lines; what matters comes first. */
const firstSentence = (text: string | undefined): string | undefined =>
  text?.split(/(?<=\w{2})[.;] |\n/)[0]?.trim() || undefined;
