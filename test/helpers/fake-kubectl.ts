import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { kubernetes } from '../../src/host/protocols/kubernetes/kubernetes.ts';
import { needsPython } from './python.ts';

/** Value of every pod field that must not leave the host. */
export const SECRET = 'hunter2-is-in-the-environment';
/** Pod of the API with SECRET in every field that must not leave the host. */
export const aPod = (uid: string, more: object = {}) => ({
  metadata: {
    uid,
    name: uid,
    namespace: 'shop',
    resourceVersion: '7',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': SECRET, 'kubernetes.io/config.hash': 'h' },
    managedFields: [{ manager: SECRET }],
  },
  spec: {
    nodeName: 'n1',
    containers: [
      {
        name: 'c',
        image: 'i',
        command: [SECRET],
        args: [SECRET],
        env: [{ name: 'A', value: SECRET }],
        resources: { limits: { cpu: '1' } },
      },
    ],
    volumes: [{ name: 'v', secret: { secretName: 'named', items: [{ key: SECRET }] } }],
  },
  status: { phase: 'Running', containerStatuses: [{ name: 'c', ready: true, state: { running: {} } }] },
  ...more,
});
/** PodList of the API, as JSON. */
export const list = (...pods: readonly object[]) =>
  JSON.stringify({ kind: 'PodList', metadata: { resourceVersion: '41' }, items: pods });

/** The real host-side Kubernetes program over a kubectl written by the test. Called at the level of `describe`. */
export function fakeKubectl() {
  let folder = '';
  const started: { readonly kill: () => void }[] = [];
  beforeEach(needsPython);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubectl-'));
  });
  afterEach(() => {
    for (const one of started.splice(0)) one.kill();
    rmSync(folder, { recursive: true });
  });

  /** `cases`: shell code by `case` pattern over the requested URL; `$n` is the number of calls that matched the pattern. */
  function run(cases: Readonly<Record<string, string>>, config = 'apiVersion: v1\n') {
    const kubectl = join(folder, 'kubectl');
    const arms = Object.entries(cases).map(
      ([pattern, script], i) =>
        `${pattern}) n=$(($(cat ${folder}/n${i} 2>/dev/null)+1)); echo $n >${folder}/n${i}; ${script} ;;`,
    );
    writeFileSync(
      kubectl,
      `#!/bin/sh\nPATH=/usr/bin:/bin\nfor url; do :; done\necho "$url" >>${folder}/asked\ncase $url in\n${arms.join('\n')}\n*) echo "Error from server (NotFound): $url" >&2; exit 1;;\nesac\n`,
      { mode: 0o755 },
    );
    writeFileSync(join(folder, 'admin.conf'), config);
    const [, ...argv] = kubernetes.argv?.('/etc/kubernetes') ?? [];
    const places = JSON.stringify([
      { name: 'kubeadm', config: '/admin.conf', kubectl: ['/kubectl'] },
      // Present only in tests that write this file.
      { name: 'node identity', config: '/kubelet.conf', kubectl: ['/kubectl'] },
    ]);
    const child = spawn('/usr/bin/python3', [...argv.slice(0, -1), places, folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    const { promise: exited, resolve } = Promise.withResolvers<number | null>();
    child.on('exit', resolve);
    started.push({
      kill: () => child.pid !== undefined && child.exitCode === null && process.kill(-child.pid, 'SIGKILL'),
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    const until = async (pattern: RegExp): Promise<string> => {
      for (let waitedMs = 0; waitedMs < 15_000; waitedMs += 20) {
        if (pattern.test(text)) return text;
        await new Promise((later) => setTimeout(later, 20));
      }
      throw new Error(`timeout waiting for ${String(pattern)}:\n${text}`);
    };
    return {
      say: (line: object) => child.stdin.write(`${JSON.stringify(line)}\n`),
      end: () => child.stdin.end(),
      until,
      text: () => text,
      asked: () => readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n'),
      exited,
    };
  }
  /** Writes a file and returns the shell command that prints it. */
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return `cat ${join(folder, name)}`;
  };
  return { run, file, folder: () => folder };
}

/** Whether a process exists and is not a zombie. */
export function isThere(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
