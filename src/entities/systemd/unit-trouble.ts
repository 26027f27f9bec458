import type { Unit, UnitsSample } from '../../sources/systemd/units.ts';
import type { Entry, Seen } from '../../timeline/moment.ts';

/** What is wrong with a unit. */
export interface TroubledUnit {
  readonly unit: Unit;
  readonly trouble: 'failed' | 'restart loop' | 'start limit' | 'stuck' | 'not loaded';
  /** A service that should be restarted and is down, or loops, is worse than a job that failed once. */
  readonly severity: 'crit' | 'warn';
  /** Starts in the watched time, or restarts that the manager counted. */
  readonly restarts: number | undefined;
  readonly watchedSeconds: number;
  /** Seconds in its present state. */
  readonly forSeconds: number | undefined;
}

/** Starts from which on it is a loop, within the time that they are counted. */
const LOOP_STARTS = 3;
const LOOP_WINDOW_SECONDS = 120;
/** Kinds of units that start the service of their name. */
const TRIGGERS = ['timer', 'socket', 'path'];
/** DefaultTimeoutStartSec= of systemd. */
const STUCK_SECONDS = 90;

/** New invocations of each unit over the window. */
export function startsOf(history: readonly Entry<ReadonlyMap<string, string>>[]): {
  readonly starts: ReadonlyMap<string, number>;
  readonly watchedSeconds: number;
} {
  const last = history.at(-1);
  if (!last) return { starts: new Map(), watchedSeconds: 0 };
  const window = history.filter(({ at }) => at <= last.at && last.at - at <= LOOP_WINDOW_SECONDS);
  const starts = new Map<string, number>();
  const known = new Map<string, string>();
  for (const { sample } of window)
    for (const [unit, id] of sample) {
      const before = known.get(unit);
      if (before !== undefined && before !== id) starts.set(unit, (starts.get(unit) ?? 0) + 1);
      known.set(unit, id);
    }
  return { starts, watchedSeconds: last.at - (window[0]?.at ?? last.at) };
}

/** Least restarts while a service was watched: one alone may be the first in months. */
const GROWN_RESTARTS = 2;

/** Units that systemd restarted while they were watched, by NRestarts: in a loop they may run at every reading. */
function restartedUnits(history: readonly Entry<UnitsSample | undefined>[]): ReadonlySet<string> {
  const last = history.at(-1);
  const window = history.filter(({ at }) => last !== undefined && at < last.at && last.at - at <= LOOP_WINDOW_SECONDS);
  const counted = (sample: UnitsSample | undefined, name: string) => sample?.units.get(name)?.trouble?.restarts ?? 0;
  return new Set(
    [...(last?.sample?.units.keys() ?? [])].filter((name) => {
      const now = counted(last?.sample, name);
      // A unit that was not in trouble had none, or fewer than make a loop.
      return now >= LOOP_STARTS && window.some(({ sample }) => sample && now - counted(sample, name) >= GROWN_RESTARTS);
    }),
  );
}

const NONE: ReadonlySet<string> = new Set();

/** Units in trouble; `startedByBus` are services that D-Bus starts by use and that end when idle. */
export function troubledUnits(
  { now, history: readings }: Pick<Seen<UnitsSample | undefined>, 'now' | 'history'>,
  history: readonly Entry<ReadonlyMap<string, string>>[],
  startedByBus: ReadonlySet<string> = NONE,
): readonly TroubledUnit[] {
  const at = readings.at(-1)?.at;
  const { starts, watchedSeconds } = startsOf(history);
  const restarted = restartedUnits(readings);
  return [...(now?.units.values() ?? [])].flatMap((unit): TroubledUnit[] => {
    const { active, sub, load, trouble, name } = unit;
    const counted = trouble?.restarts ?? 0;
    const restarts = Math.max(counted, starts.get(name) ?? 0);
    const forSeconds =
      trouble?.changedAt === undefined || at === undefined ? undefined : Math.max(0, at - trouble.changedAt);
    const restart = trouble?.restart;
    const isWanted = restart !== undefined && restart !== 'no';
    const of = (what: TroubledUnit['trouble'], severity: TroubledUnit['severity'] = 'warn'): TroubledUnit[] => [
      { unit, trouble: what, severity, restarts: restarts === 0 ? undefined : restarts, watchedSeconds, forSeconds },
    ];
    if (active === 'failed') {
      const isLimited =
        trouble?.result === 'start-limit-hit' ||
        (trouble?.startLimitBurst !== undefined && trouble.startLimitBurst > 0 && counted >= trouble.startLimitBurst);
      return of(isLimited ? 'start limit' : 'failed', isWanted ? 'crit' : 'warn');
    }
    if (restarted.has(name) || (sub?.startsWith('auto-restart') && counted >= LOOP_STARTS))
      return of('restart loop', 'crit');
    // Its Restart= counts nothing where another program starts it; a timer, socket or path does so in good order.
    const isStartedAgain = name.endsWith('.service') && (starts.get(name) ?? 0) >= LOOP_STARTS;
    if (
      isStartedAgain &&
      (counted >= LOOP_STARTS || !startedByBus.has(name)) &&
      !TRIGGERS.some((kind) => now?.units.has(name.replace(/service$/, kind)))
    )
      return of('restart loop', counted >= LOOP_STARTS ? 'crit' : 'warn');
    if (
      (active === 'activating' || active === 'deactivating' || active === 'reloading') &&
      (forSeconds ?? 0) >= STUCK_SECONDS &&
      sub !== 'auto-restart' &&
      !(trouble?.type === 'oneshot' && active === 'activating') &&
      !name.endsWith('.device')
    )
      return of('stuck');
    if (load === 'error' || load === 'bad-setting') return of('not loaded');
    return [];
  });
}

/** `exit status 1`, `signal 9`, `oom-kill`. */
export function resultText({ trouble }: Unit): string {
  const { result, exitStatus } = trouble ?? {};
  switch (result) {
    case undefined:
    case 'success':
      return '';
    case 'exit-code':
      return exitStatus === undefined ? 'exit-code' : `exit status ${exitStatus}`;
    case 'signal':
      return exitStatus === undefined ? 'signal' : `signal ${exitStatus}`;
    default:
      return result;
  }
}
