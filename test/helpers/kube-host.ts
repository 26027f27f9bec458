import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { kubernetes } from '../../src/host/protocols/kubernetes/kubernetes.ts';
import { fields, json } from '../../src/lib/json.ts';
import { needsPython } from './python.ts';

/** Texts of files by path. */
export type Tree = Readonly<Record<string, string>>;

/** /proc files of a running process. */
export const process = (pid: number, name: string, ...args: readonly string[]): Tree => ({
  [`proc/${pid}/comm`]: `${name}\n`,
  [`proc/${pid}/cmdline`]: [`/x/${name}`, ...args, ''].join('\0'),
});

/** The real host-side Kubernetes program over a root directory written by a test. Called at the level of `describe`. */
export function kubeHost() {
  let root = '';
  beforeEach(needsPython);
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'kube-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** Writes files by path; a text that begins with `#!` is made executable. */
  function grow(tree: Tree): void {
    for (const [path, text] of Object.entries(tree)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text, text.startsWith('#!') ? { mode: 0o755 } : {});
    }
  }

  /** Greeting of the program, and its replies to questions. */
  async function asked(...questions: readonly string[]) {
    const [python = '', ...argv] = kubernetes.argv?.('/etc/kubernetes') ?? [];
    const child = spawn(python, [...argv, root], { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    const { promise, resolve } = Promise.withResolvers<void>();
    const expected = questions.length + 1;
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (text.split('\n').length > expected) resolve();
    });
    child.on('exit', () => resolve());
    for (const [id, ask] of questions.entries()) child.stdin.write(`${JSON.stringify({ id, ask })}\n`);
    await promise;
    child.kill('SIGKILL');
    const [hello, ...rest] = text
      .trimEnd()
      .split('\n')
      .map((line) => fields(json(line)));
    return {
      hello: hello ?? {},
      answers: questions.map((_, id) => rest.find((one) => one['id'] === id) ?? {}),
    };
  }

  return { grow, asked, root: () => root };
}
