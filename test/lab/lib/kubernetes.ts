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

/** Its programs are there: they take minutes of two cores to build, once. */
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
export interface PodSaid {
  readonly ready: string;
  readonly status: string;
  readonly restarts: string;
}
type Named = readonly [name: string, said: PodSaid];

const named = (parts: readonly (string | undefined)[]): readonly Named[] => {
  const [name, ready, status, restarts] = parts;
  return name && ready && status && restarts ? [[name, { ready, status, restarts }]] : [];
};

/** `NAMESPACE NAME READY STATUS RESTARTS AGE`, as kubectl prints it without heads. */
const told = (line: string): readonly Named[] => named(line.trim().split(/\s+/).slice(1));

/** Pods of the lab itself, without those that are made up. */
export async function podTable(): Promise<Map<string, PodSaid>> {
  const table = await kubectl('get', 'pods', '-A', '--no-headers', '-l', '!lab-fake');
  return new Map(table.split('\n').flatMap(told));
}

/** A row of our table of pods: NAMESPACE POD READY STATUS RESTARTS WHY …, the restarts with how long ago the last was. */
function shown(line: string): readonly Named[] {
  const found = /^[│▸ ]*[a-z][a-z-]* +(\S+) +[▲◆]?(\d+\/(?:\d+|—)) +[▲◆]?(\S+(?: \S+)?) +[▲◆]?(·|\d+)(?: |$)/.exec(
    line,
  );
  return named((found ?? []).slice(1).map((part) => (part === '·' ? '0' : part)));
}
export const podsOnScreen = (screen: Console): Map<string, PodSaid> => new Map(screen.lines().flatMap(shown));

/** Which status a pod had, from when on (`performance.now()`), in the order of time. */
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
  createInterface({ input: child.stdout }).on('line', (line) => note(told(line)));
  return { spells, stop: () => child.kill() };
}

/** Follows what our screen says of pods. */
export function watchScreen(screen: Console): Watch {
  const { spells, note } = noting();
  const timer = setInterval(() => note(podsOnScreen(screen)), 100);
  return { spells, stop: () => clearInterval(timer) };
}

const sameText = (own: string, whole: string): boolean =>
  own === whole || (own.endsWith('…') && whole.startsWith(own.slice(0, -1)));

/** A spell that kubectl told of, and how long after it our screen said the same. */
export interface Lateness {
  readonly spell: Spell;
  /** How long kubectl told of it. */
  readonly forMs: number;
  /** Undefined: not seen before kubectl told of the next. */
  readonly lateMs: number | undefined;
  /** What the screen said meanwhile, and how long after kubectl's word. */
  readonly meanwhile: readonly string[];
}

/** Of pods that our screen has at all: one that has no node is in no list of a node. */
export function lateness(theirs: readonly Spell[], ours: readonly Spell[], endMs: number): readonly Lateness[] {
  return theirs.flatMap((spell, n) => {
    const own = ours.filter(({ name }) => sameText(name, spell.name));
    if (own.length === 0) return [];
    const toMs = theirs.find(({ name }, m) => m > n && name === spell.name)?.fromMs ?? endMs;
    // What was on the screen when kubectl told of it, and what came until it told of the next.
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

/** Pods of which we do not say what kubectl says; what has no node yet is in no list of a node. */
export function differences(theirs: ReadonlyMap<string, PodSaid>, ours: ReadonlyMap<string, PodSaid>): unknown[] {
  return [...theirs].flatMap(([name, said]) => {
    const own = [...ours].filter(([candidate]) => sameText(candidate, name));
    const same = own.some(
      ([, { ready, status, restarts }]) =>
        ready === said.ready && restarts === said.restarts && sameText(status, said.status),
    );
    return same || name === 'nofit' || name === 'gated' ? [] : [{ name, said, own }];
  });
}
