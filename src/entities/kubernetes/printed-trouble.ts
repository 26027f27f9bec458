import { span } from '../../lib/units.ts';
import type { PrintedStatus } from '../../sources/kubernetes/objects.ts';
import { CONFIG, IMAGE, RECENT_SECONDS, SLOW_SECONDS } from './pod-reasons.ts';
import type { PodTrouble } from './pod-trouble.ts';

/** What a table has beside the status. */
interface Printed {
  readonly ageSeconds: number | undefined;
  readonly restartedSeconds: number | undefined;
  readonly node: string | undefined;
}

/** Status of a pod that has not started all of its containers; `Init:1/2`. */
const STARTING = /^(?:Pending|ContainerCreating|PodInitializing|SchedulingGated|\d+\/\d+)$/;
const ENDED = /^(?:Error|ExitCode:\d+|Signal:\d+)$/;

/** Problem of a pod by its row in `kubectl get pods` alone: without the ends of its containers and messages. All texts are raw. */
export function printedTroubles(row: PrintedStatus, printed: Printed): readonly PodTrouble[] {
  const found = troubleOf(row, printed);
  return found === undefined ? [] : [found];
}

function troubleOf(row: PrintedStatus, { ageSeconds: age, restartedSeconds, node }: Printed): PodTrouble | undefined {
  const { status: whole, restarts, ready, containers } = row;
  const isInit = whole.startsWith('Init:');
  const status = isInit ? whole.slice('Init:'.length) : whole;
  const counted = restartsText(restarts, restartedSeconds);
  const at = (
    kind: PodTrouble['kind'],
    severity: PodTrouble['severity'],
    words = `${whole}${counted}`,
  ): PodTrouble => ({
    kind,
    severity,
    words,
  });
  const since = age === undefined ? {} : { sinceSeconds: age };
  if (status === 'OOMKilled') return at('oom', 'crit');
  if (status === 'CrashLoopBackOff') return at('crash', 'crit');
  if (IMAGE.test(status)) return { ...at('image', 'crit'), ...since };
  if (CONFIG.test(status)) return { ...at('config', 'crit'), ...since };
  if (status === 'Unknown' || status === 'NodeLost') return at('lost', 'crit', `${whole}, node unreachable`);
  // The pod was evicted after its creation: no later than that many seconds ago.
  if (status === 'Evicted') {
    const severity = (age ?? Infinity) < RECENT_SECONDS ? 'warn' : 'info';
    return { ...at('evicted', severity, whole), ...(age !== undefined && { pastSeconds: age }) };
  }
  if (status === 'Terminating') return at('terminating', 'info', whole);
  // A container that was never restarted may be that of a Job, which reports it.
  if (ENDED.test(status)) return isInit || restarts > 0 ? at('crash', 'crit') : at('failed', 'info');
  if (STARTING.test(status)) {
    const isSlow = age !== undefined && age > SLOW_SECONDS;
    if (isSlow && status === 'Pending' && row.isWide && node === undefined)
      return { ...at('unscheduled', 'crit', `Unschedulable, no node for ${span(age)}`), ...since };
    return { ...at('starting', isSlow ? 'warn' : 'info', `${whole} for ${span(age)}`), ...since };
  }
  if (status === 'Completed' || status === 'Succeeded') return undefined;
  if (status !== 'Running' && status !== 'NotReady') return at('failed', 'info');
  if (ready < containers || status === 'NotReady') {
    const isFresh = Math.min(age ?? Infinity, restartedSeconds ?? Infinity) < SLOW_SECONDS;
    return at('unready', isFresh ? 'info' : 'crit', `not Ready, ${ready} of ${containers} containers${counted}`);
  }
  return restartedSeconds !== undefined && restartedSeconds < RECENT_SECONDS
    ? { ...at('restarted', 'warn', counted.slice(2)), pastSeconds: restartedSeconds }
    : undefined;
}

/** `, 41 restarts, last 3m ago`; nothing without a restart. */
const restartsText = (restarts: number, seconds: number | undefined): string =>
  restarts === 0
    ? ''
    : `, ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}${seconds === undefined ? '' : `, last ${span(seconds)} ago`}`;
