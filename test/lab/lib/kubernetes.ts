import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Console } from './console.ts';
import { labCache, labDir } from './lab.ts';

const run = promisify(execFile);
/** Of the lab's Kubernetes: 1.20.2, or the one that LAB_KUBE_VERSION names. */
export const modern = process.env['LAB_KUBE_VERSION'];
const bin = join(labCache, 'kubernetes', modern ?? 'bin');

/** Whether its programs are built, which takes minutes of two cores, once. */
export const isBuilt = existsSync(join(bin, 'kubelet')) && existsSync(join(bin, 'cni/loopback'));

export const kubectlPath = join(bin, 'kubectl');
/** With a kubeconfig that no fault touches. */
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

/** What `kubectl get pods` prints of a pod. */
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

/** `NAMESPACE NAME READY STATUS RESTARTS AGE`, as kubectl prints it without heads. */
const printed = (line: string): readonly Named[] => named(line.trim().split(/\s+/).slice(1));

/** Pods of the lab, without the fake ones. */
export async function podTable(): Promise<Map<string, PrintedPod>> {
  const table = await kubectl('get', 'pods', '-A', '--no-headers', '-l', '!lab-fake');
  return new Map(table.split('\n').flatMap(printed));
}

/** A row of the pod table on the screen: NAMESPACE POD READY STATUS RESTARTS PROBLEM …, RESTARTS as `6 (1m01)`. */
function shown(line: string): readonly Named[] {
  const found = /^[│▸ ]*[a-z][a-z-]* +(\S+) +[▲◆]?(\d+\/(?:\d+|—)) +[▲◆]?(\S+(?: \S+)?) +[▲◆]?(·|\d+)(?: |$)/.exec(
    line,
  );
  return named((found ?? []).slice(1).map((part) => (part === '·' ? '0' : part)));
}
export const podsOnScreen = (screen: Console): Map<string, PrintedPod> => new Map(screen.lines().flatMap(shown));

/** Status of a pod and its start (`performance.now()`), in the order of time. */
export interface Spell {
  readonly name: string;
  readonly status: string;
  readonly fromMs: number;
}
interface Watch {
  readonly spells: readonly Spell[];
  readonly stop: () => void;
}

function noting(): { readonly spells: readonly Spell[]; readonly note: (pods: Iterable<Named>) => void } {
  const spells: Spell[] = [];
  const last = new Map<string, string>();
  return {
    spells,
    note: (pods) => {
      for (const [name, { status }] of pods) {
        if (last.get(name) === status) continue;
        last.set(name, status);
        spells.push({ name, status, fromMs: performance.now() });
      }
    },
  };
}

/** Follows what kubectl prints while it watches. */
export function watchKubectl(): Watch {
  const { spells, note } = noting();
  const child = spawn(kubectlPath, kubectlArgv('get', 'pods', '-A', '-w', '--no-headers'));
  createInterface({ input: child.stdout }).on('line', (line) => note(printed(line)));
  return { spells, stop: () => child.kill() };
}

/** Follows the pod table on the screen. */
export function watchScreen(screen: Console): Watch {
  const { spells, note } = noting();
  const timer = setInterval(() => note(podsOnScreen(screen)), 100);
  return { spells, stop: () => clearInterval(timer) };
}

const sameText = (own: string, whole: string): boolean =>
  own === whole || (own.endsWith('…') && whole.startsWith(own.slice(0, -1)));

/** A spell in kubectl's output, and its delay on the screen. */
export interface Lateness {
  readonly spell: Spell;
  /** Its length in kubectl's output. */
  readonly forMs: number;
  /** Undefined: not on the screen before kubectl printed the next. */
  readonly lateMs: number | undefined;
  /** Statuses on the screen meanwhile, with their delays. */
  readonly meanwhile: readonly string[];
}

/** Delays of pods that are on the screen: a pod without a node is in no list of a node. */
export function lateness(theirs: readonly Spell[], ours: readonly Spell[], endMs: number): readonly Lateness[] {
  return theirs.flatMap((spell, n) => {
    const own = ours.filter(({ name }) => sameText(name, spell.name));
    if (own.length === 0) return [];
    const toMs = theirs.find(({ name }, m) => m > n && name === spell.name)?.fromMs ?? endMs;
    // Statuses on the screen from kubectl's line until its next.
    const shownThen = own.filter(({ fromMs }, m) => fromMs < toMs && (own[m + 1]?.fromMs ?? endMs) > spell.fromMs);
    const same = shownThen.find(({ status }) => sameText(status, spell.status));
    return {
      spell,
      forMs: Math.round(toMs - spell.fromMs),
      lateMs: same && Math.max(0, Math.round(same.fromMs - spell.fromMs)),
      meanwhile: shownThen.map(({ status, fromMs }) => `${status} ${Math.round(fromMs - spell.fromMs)}`),
    };
  });
}

/** Pods that differ between kubectl and the screen; a pod without a node is in no list of a node. */
export function differences(theirs: ReadonlyMap<string, PrintedPod>, ours: ReadonlyMap<string, PrintedPod>): unknown[] {
  return [...theirs].flatMap(([name, expected]) => {
    const own = [...ours].filter(([candidate]) => sameText(candidate, name));
    const same = own.some(
      ([, { ready, status, restarts }]) =>
        ready === expected.ready && restarts === expected.restarts && sameText(status, expected.status),
    );
    return same || name === 'nofit' || name === 'gated' ? [] : [{ name, expected, own }];
  });
}
