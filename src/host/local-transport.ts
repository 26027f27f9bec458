import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { connectionEvents } from './ssh/connection-events.ts';
import { type Pipe, type Transport, TransportError } from './transport.ts';

/** Transport to the local machine: commands run in `sh -c`, as sshd runs them in the login shell. */
export function localTransport(): Transport {
  const events = connectionEvents();
  const running = new Set<Pipe>();
  return {
    name: 'local',
    async exec(command) {
      if (events.lostWhy() !== undefined) throw new TransportError('Connection closed: local');
      const pipe = pipeOf(await started(command));
      running.add(pipe);
      void pipe.exited.then(() => running.delete(pipe));
      return pipe;
    },
    onLost: events.onLost,
    // The local machine is never silent, so there are no probes.
    onSilence: events.onSilence,
    setVigilant: () => undefined,
    async close() {
      for (const pipe of running) pipe.kill();
      events.lose('closed');
    },
  };
}

/** Starts a shell in a new session: without a controlling terminal for password prompts, and out of reach of Ctrl-C. */
function started(command: string): Promise<ChildProcessWithoutNullStreams> {
  return new Promise((settle, fail) => {
    const child = spawn('/bin/sh', ['-c', command], { cwd: '/', detached: true, stdio: 'pipe' });
    child.once('spawn', () => settle(child));
    child.once('error', (cause) => fail(new TransportError(`/bin/sh: ${cause.message}`, { cause })));
  });
}

/**
 * Pipe of a child process; a write after its end does not throw. Output goes through PassThrough streams: Node discards
 * unread output when a child ends.
 */
export function pipeOf(child: ChildProcessWithoutNullStreams): Pipe {
  const exited = new Promise<number | undefined>((settle) => {
    child.once('exit', (code) => settle(code ?? undefined));
    child.on('error', () => settle(undefined));
  });
  const stdout = child.stdout.pipe(new PassThrough());
  const stderr = child.stderr.pipe(new PassThrough());
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => undefined);
  return {
    stdout,
    stderr,
    stdin: child.stdin,
    exited,
    kill: () => {
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      stdout.end();
      stderr.end();
    },
  };
}
