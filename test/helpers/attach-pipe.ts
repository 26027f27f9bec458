import { spawn, type ChildProcess } from 'node:child_process';
import { PassThrough } from 'node:stream';
import type { Pipe } from '../../src/host/transport.ts';
import { attachSource } from '../../src/host/collector/python-source.ts';

const BOOT = 'import sys;exec(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())))';

/** crashcart_attach as a child process, with methods that cut or stall its connection. */
export interface LocalAttach {
  readonly pipe: Pipe;
  readonly child: ChildProcess;
  readonly stderr: () => string;
  /** Stops bytes to the host; the connection stays open, like a TCP stall. */
  readonly stallInput: () => void;
  /** Stops bytes from the host; the connection stays open. */
  readonly stallOutput: () => void;
  /** Closes both directions at once, like the death of this process. */
  readonly cut: () => void;
}

export function localAttach(python = 'python3'): LocalAttach {
  const child = spawn(python, ['-I', '-c', BOOT], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${Buffer.byteLength(attachSource)}\n${attachSource}`);
  const stdin = new PassThrough();
  stdin.pipe(child.stdin);
  const stdout = new PassThrough();
  child.stdout.pipe(stdout);
  return {
    child,
    stderr: () => stderr,
    pipe: {
      stdin,
      stdout,
      stderr: child.stderr,
      exited: new Promise((resolve) => {
        child.on('close', (code) => resolve(code ?? undefined));
      }),
      kill: () => child.kill('SIGKILL'),
    },
    stallInput: () => {
      stdin.unpipe(child.stdin);
      stdin.resume();
    },
    stallOutput: () => {
      child.stdout.unpipe(stdout);
      child.stdout.pause();
    },
    cut: () => {
      child.stdin.destroy();
      child.stdout.destroy();
    },
  };
}
