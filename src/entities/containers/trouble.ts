import { grade, limits } from '../../thresholds.ts';
import { plural } from '../../lib/units.ts';
import { exitedByItself } from './exited.ts';
import type { Container } from './container.ts';
import type { ContainerUse } from './use.ts';

/** A problem of a container, in words of the PROBLEM column. */
export interface Trouble {
  readonly kind:
    | 'oom'
    | 'restarting'
    | 'dead'
    | 'unhealthy'
    | 'pids'
    | 'memory'
    | 'throttled'
    | 'frozen'
    | 'exited'
    | 'starting';
  readonly severity: 'crit' | 'warn' | 'info';
  readonly words: string;
}

const RANK = { crit: 0, warn: 1, info: 2 } as const;

/** Problems of a container, worst first. `recentOomKills`: those of the last minute by memory.events. */
export function troublesOf(
  container: Container,
  use: ContainerUse | undefined,
  recentOomKills: number | undefined,
): readonly Trouble[] {
  const found: Trouble[] = [];
  const add = (kind: Trouble['kind'], severity: Trouble['severity'], words: string) =>
    found.push({ kind, severity, words });
  const { state, exitCode, health } = container;
  if ((recentOomKills ?? 0) > 0) add('oom', 'crit', `${plural(recentOomKills ?? 0, 'OOM kill')} in 1 min`);
  else if (container.oomEvents > 0)
    add('oom', state === 'running' ? 'warn' : 'crit', `${plural(container.oomEvents, 'OOM kill')} in 10 min`);
  else if ((use?.oomKills ?? 0) > 0) add('oom', 'info', plural(use?.oomKills ?? 0, 'OOM kill'));
  if (state === 'restarting')
    add('restarting', 'crit', `restart loop${exitCode === undefined ? '' : `, exit ${exitCode}`}`);
  if (state === 'dead' || state === 'error') add('dead', 'crit', state);
  if (health === 'unhealthy') add('unhealthy', 'crit', 'unhealthy');
  else if (health === 'starting') add('starting', 'info', 'health starting');
  const pids = grade(use?.pidsPct, limits.containerPidsPct);
  if (pids !== 'text') add('pids', pids, `${use?.pids} of ${use?.pidsMax} pids`);
  const memory = grade(use?.memoryPct, limits.containerMemoryPct);
  if (memory !== 'text') add('memory', memory, `memory ${whole(use?.memoryPct)} of limit`);
  if (grade(use?.throttledPct, limits.containerThrottledPct) !== 'text')
    add('throttled', 'warn', `throttled ${whole(use?.throttledPct)}`);
  if (state === 'frozen' || state === 'paused') add('frozen', 'info', state);
  if (state === 'exited' && exitCode !== undefined && exitCode !== 0 && container.oomEvents === 0)
    add('exited', exitedByItself(container) ? 'warn' : 'info', exitText(exitCode));
  return found.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
}

const whole = (pct: number | undefined): string => `${Math.round(pct ?? 0)}%`;

/** Signals that end containers; a program that ends by one has exit code 128 + its number. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

const exitText = (code: number): string =>
  code > 128 ? `exit ${code} (${SIGNALS[code - 128] ?? `signal ${code - 128}`})` : `exit ${code}`;
