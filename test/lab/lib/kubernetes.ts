import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Console } from './console.ts';
import { labCache, labDir } from './lab.ts';

const run = promisify(execFile);
/** LAB_KUBE_VERSION; undefined means 1.20.2. */
export const modern = process.env['LAB_KUBE_VERSION'];
const bin = join(labCache, 'kubernetes', modern ?? 'bin');

/** Whether the programs of this version are built, which takes minutes once. */
export const isBuilt = existsSync(join(bin, 'kubelet')) && existsSync(join(bin, 'cni/loopback'));

export const kubectlPath = join(bin, 'kubectl');
/** Arguments of kubectl with a kubeconfig that faults leave as it is. */
export const kubectlArgv = (...args: readonly string[]): readonly string[] => [
  '--kubeconfig',
  join(labDir, 'kubernetes/lab.conf'),
  ...args,
];
async function kubectl(...args: readonly string[]): Promise<string> {
  const argv = kubectlArgv('--request-timeout=20s', ...args);
  const { stdout } = await run(kubectlPath, argv, { timeout: 60_000, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** Columns of a pod in `kubectl get pods`. */
export interface PrintedPod {
  readonly ready: string;
  readonly status: string;
  readonly restarts: string;
}
type Named = readonly [name: string, pod: PrintedPod];

const named = (parts: readonly (string | undefined)[]): readonly Named[] => {
  const [name, ready, status, restarts] = parts;
  return name && ready && status && restarts ? [[name, { ready, status, restarts }]] : [];
};

/** Pod of a line `NAMESPACE NAME READY STATUS RESTARTS AGE` of kubectl. */
const printed = (line: string): readonly Named[] => named(line.trim().split(/\s+/).slice(1));

/** Pods of the lab, without the fake ones. */
export async function podTable(): Promise<Map<string, PrintedPod>> {
  const table = await kubectl('get', 'pods', '-A', '--no-headers', '-l', '!lab-fake');
  return new Map(table.split('\n').flatMap(printed));
}

/** Pod of a row of the pod table on the screen: NAMESPACE POD READY STATUS RESTARTS PROBLEM …, RESTARTS as `6 (1m01)`. */
function shown(line: string): readonly Named[] {
  const found = /^[│▸ ]*[a-z][a-z-]* +(\S+) +[▲◆]?(\d+\/(?:\d+|—)) +[▲◆]?(\S+(?: \S+)?) +[▲◆]?(·|\d+)(?: |$)/.exec(
    line,
  );
  return named((found ?? []).slice(1).map((part) => (part === '·' ? '0' : part)));
}
/** Pods of the pod table on the screen. */
export const podsOnScreen = (screen: Console): Map<string, PrintedPod> => new Map(screen.lines().flatMap(shown));

/** Status of a pod and its start (`performance.now()`), in the order of time. */
export interface StatusPeriod {
  readonly name: string;
  readonly status: string;
  readonly fromMs: number;
}
interface Watch {
  readonly periods: readonly StatusPeriod[];
  readonly stop: () => void;
}

function statusRecorder(): {
  readonly periods: readonly StatusPeriod[];
  readonly note: (pods: Iterable<Named>) => void;
} {
  const periods: StatusPeriod[] = [];
  const last = new Map<string, string>();
  return {
    periods,
    note: (pods) => {
      for (const [name, { status }] of pods) {
        if (last.get(name) === status) continue;
        last.set(name, status);
        periods.push({ name, status, fromMs: performance.now() });
      }
    },
  };
}

/** Records status changes from `kubectl get pods -w`. */
export function watchKubectl(): Watch {
  const { periods, note } = statusRecorder();
  const child = spawn(kubectlPath, kubectlArgv('get', 'pods', '-A', '-w', '--no-headers'));
  createInterface({ input: child.stdout }).on('line', (line) => note(printed(line)));
  return { periods, stop: () => child.kill() };
}

/** Records status changes from the pod table on the screen. */
export function watchScreen(screen: Console): Watch {
  const { periods, note } = statusRecorder();
  const timer = setInterval(() => note(podsOnScreen(screen)), 100);
  return { periods, stop: () => clearInterval(timer) };
}

const sameText = (own: string, whole: string): boolean =>
  own === whole || (own.endsWith('…') && whole.startsWith(own.slice(0, -1)));

/** Period of a status in kubectl's output, and its delay on the screen. */
export interface StatusDelay {
  readonly period: StatusPeriod;
  /** Length of the period. */
  readonly lengthMs: number;
  /** Delay of the status on the screen; undefined if it was not on the screen during the period. */
  readonly delayMs: number | undefined;
  /** Statuses on the screen during the period, with their delays. */
  readonly screenStatuses: readonly string[];
}

/** Delays of the statuses of pods on the screen, which does not list pods without a node. */
export function statusDelays(
  kubectlPeriods: readonly StatusPeriod[],
  screenPeriods: readonly StatusPeriod[],
  endMs: number,
): readonly StatusDelay[] {
  return kubectlPeriods.flatMap((period, n) => {
    const own = screenPeriods.filter(({ name }) => sameText(name, period.name));
    if (own.length === 0) return [];
    const toMs = kubectlPeriods.find(({ name }, m) => m > n && name === period.name)?.fromMs ?? endMs;
    // Statuses on the screen from kubectl's line until its next.
    const shownThen = own.filter(({ fromMs }, m) => fromMs < toMs && (own[m + 1]?.fromMs ?? endMs) > period.fromMs);
    const same = shownThen.find(({ status }) => sameText(status, period.status));
    return {
      period,
      lengthMs: Math.round(toMs - period.fromMs),
      delayMs: same && Math.max(0, Math.round(same.fromMs - period.fromMs)),
      screenStatuses: shownThen.map(({ status, fromMs }) => `${status} ${Math.round(fromMs - period.fromMs)}`),
    };
  });
}

/** Pods that differ between kubectl and the screen, without those that have no node. */
export function differences(
  kubectlPods: ReadonlyMap<string, PrintedPod>,
  screenPods: ReadonlyMap<string, PrintedPod>,
): unknown[] {
  return [...kubectlPods].flatMap(([name, expected]) => {
    const own = [...screenPods].filter(([candidate]) => sameText(candidate, name));
    const same = own.some(
      ([, { ready, status, restarts }]) =>
        ready === expected.ready && restarts === expected.restarts && sameText(status, expected.status),
    );
    return same || name === 'nofit' || name === 'gated' ? [] : [{ name, expected, own }];
  });
}
