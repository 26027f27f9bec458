import { grade, limits } from '../../thresholds.ts';
import type { Container } from './container.ts';
import type { ContainerUse } from './use.ts';

/** What ails a container, in a word or two, as the list shows it. */
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

/** The worst first. `oomKillsLately` are those of the last minute, of the kernel's own count. */
export function troublesOf(
  container: Container,
  use: ContainerUse | undefined,
  oomKillsLately: number | undefined,
): readonly Trouble[] {
  const found: Trouble[] = [];
  const add = (kind: Trouble['kind'], severity: Trouble['severity'], words: string) =>
    found.push({ kind, severity, words });
  const { state, exitCode, health } = container;
  if ((oomKillsLately ?? 0) > 0) add('oom', 'crit', `${oomKillsLately} OOM kills just now`);
  else if (container.oomEvents > 0) add('oom', state === 'running' ? 'warn' : 'crit', 'OOM-killed lately');
  else if ((use?.oomKills ?? 0) > 0) add('oom', 'warn', `${use?.oomKills} OOM kills`);
  if (state === 'restarting')
    add('restarting', 'crit', `restart loop${exitCode === undefined ? '' : `, exit ${exitCode}`}`);
  if (state === 'dead' || state === 'error') add('dead', 'crit', state);
  if (health === 'unhealthy') add('unhealthy', 'crit', 'unhealthy');
  else if (health === 'starting') add('starting', 'info', 'health starting');
  const pids = grade(use?.pidsPct, limits.containerPidsPct);
  if (pids !== 'text') add('pids', pids, `${use?.pids} of ${use?.pidsMax} pids`);
  const memory = grade(use?.memoryPct, limits.containerMemoryPct);
  if (memory !== 'text') add('memory', memory, `memory ${whole(use?.memoryPct)} of its limit`);
  if (grade(use?.throttledPct, limits.containerThrottledPct) !== 'text')
    add('throttled', 'warn', `throttled ${whole(use?.throttledPct)}`);
  if (state === 'frozen' || state === 'paused') add('frozen', 'info', state);
  if (state === 'exited' && exitCode !== undefined && exitCode !== 0 && container.oomEvents === 0)
    add('exited', 'info', exitCode > 128 ? `exit ${exitCode}: signal ${exitCode - 128}` : `exit ${exitCode}`);
  return found.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
}

const whole = (pct: number | undefined): string => `${Math.round(pct ?? 0)}%`;
