import { spawn } from 'node:child_process';
import { stacks } from '../../src/host/protocols/stacks/stacks.ts';
import type { DaemonConnection } from '../../src/host/protocols/protocol.ts';

/** Connection to the program of stacks, started on this machine. */
export const stacksHere = (): DaemonConnection =>
  stacks.connect(() => {
    const [command = '', ...argv] = stacks.argv?.('stacks:processes') ?? [];
    const child = spawn(command, argv, { stdio: ['pipe', 'pipe', 'pipe'] });
    return Promise.resolve({
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      kill: () => void child.kill(),
      exited: new Promise((resolve) => child.once('close', (code) => resolve(code ?? undefined))),
    });
  }, 'this machine');
