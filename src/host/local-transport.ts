import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { connectionEvents } from './ssh/connection-events.ts';
import { type Pipe, type Transport, TransportError } from './transport.ts';

/** This machine behind the contract of a host: commands run in `sh -c`, as sshd runs them in the login shell. */
export function localTransport(): Transport {
  const events = connectionEvents();
  const running = new Set<Pipe>();
  return {
    name: 'local',
    async exec(command) {
      if (events.lostWhy() !== undefined) throw new TransportError('This machine was closed.');
      const pipe = pipeOf(await started(command));
      running.add(pipe);
      void pipe.exited.then(() => running.delete(pipe));
      return pipe;
    },
    onLost: events.onLost,
    // This machine is never silent: no probes, so nothing to make closer either.
    onSilence: events.onSilence,
    setVigilant: () => undefined,
    async close() {
      for (const pipe of running) pipe.kill();
      events.lose('closed');
    },
  };
}

/** A session of its own: no controlling terminal to ask for a password on, and Ctrl-C in ours does not reach it. */
function started(command: string): Promise<ChildProcessWithoutNullStreams> {
  return new Promise((settle, fail) => {
    const child = spawn('/bin/sh', ['-c', command], { cwd: '/', detached: true, stdio: 'pipe' });
    child.once('spawn', () => settle(child));
    child.once('error', (cause) => fail(new TransportError(`No shell could be started: ${cause.message}`, { cause })));
  });
}

/**
 * A child process as a pipe of the contract; writing to one that has ended is no error. Its output goes through streams
 * of ours: Node throws away what nobody has read yet when a child ends.
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
