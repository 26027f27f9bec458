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

/** When which status of a pod was first seen: `crash CrashLoopBackOff` → `performance.now()`. */
type FirstSeen = ReadonlyMap<string, number>;
interface Watch {
  readonly seen: FirstSeen;
  readonly stop: () => void;
}

function noting(): { readonly seen: FirstSeen; readonly note: (pods: Iterable<Named>) => void } {
  const seen = new Map<string, number>();
  return {
    seen,
    note: (pods) => {
      for (const [name, { status }] of pods)
        if (!seen.has(`${name} ${status}`)) seen.set(`${name} ${status}`, performance.now());
    },
  };
}

/** Follows what kubectl prints while it watches. */
export function watchKubectl(): Watch {
  const { seen, note } = noting();
  const child = spawn(kubectlPath, kubectlArgv('get', 'pods', '-A', '-w', '--no-headers'));
  createInterface({ input: child.stdout }).on('line', (line) => note(told(line)));
  return { seen, stop: () => child.kill() };
}

/** Follows what our screen says of pods. */
export function watchScreen(screen: Console): Watch {
  const { seen, note } = noting();
  const timer = setInterval(() => note(podsOnScreen(screen)), 100);
  return { seen, stop: () => clearInterval(timer) };
}

const sameText = (own: string, whole: string): boolean =>
  own === whole || (own.endsWith('…') && whole.startsWith(own.slice(0, -1)));

/** How many milliseconds after kubectl we said the same; without what only one of the two was seen to say. */
export function lateness(theirs: FirstSeen, ours: FirstSeen): Map<string, number> {
  const late = new Map<string, number>();
  for (const [state, atMs] of theirs)
    for (const [own, ownMs] of ours) if (sameText(own, state)) late.set(state, Math.round(ownMs - atMs));
  return late;
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
