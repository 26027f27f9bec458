import { PassThrough } from 'node:stream';
import type { Pipe, Transport } from '../../src/host/transport.ts';

/** A program that was started on the fake line. */
export interface StartedProgram {
  readonly command: string;
  readonly isRoot: boolean;
  /** Ends it: with a code, or as by a signal. */
  readonly end: (code?: number) => void;
}

/** How the next start of a program goes; the collector is the default. */
export type Start = { readonly exit: number; readonly stderr: string } | 'collector';

/** A connection on which collectors greet without any Python, so that a test can use a clock that it sets. */
export class FakeHostLine {
  readonly started: StartedProgram[] = [];
  connections = 0;
  /** What a start leads to; `sudo -S` prints its prompt first. */
  onStart: (command: string) => Start = () => 'collector';
  uid = 1000;
  lose: (why: string) => void = () => undefined;

  readonly connect = (): Promise<Transport> => {
    this.connections++;
    const running = new Set<(code?: number) => void>();
    const losers: ((why: string) => void)[] = [];
    this.lose = (why) => {
      for (const end of running) end();
      for (const listen of losers) listen(why);
    };
    return Promise.resolve({
      name: 'fake',
      exec: (command) => Promise.resolve(this.#start(command, running)),
      onLost: (listen) => void losers.push(listen),
      onSilence: () => undefined,
      setVigilant: () => undefined,
      close: async () => {
        for (const end of running) end();
      },
    });
  };

  /** Programs with the rights of root, or with those of the login. */
  of(isRoot: boolean): readonly StartedProgram[] {
    return this.started.filter((program) => program.isRoot === isRoot);
  }

  #start(command: string, running: Set<(code?: number) => void>): Pipe {
    const stdin = new PassThrough();
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    const { promise: exited, resolve } = Promise.withResolvers<number | undefined>();
    const isRoot = command.includes('/usr/bin/sudo');
    const end = (code?: number) => {
      running.delete(end);
      stdout.end();
      stderr.end();
      resolve(code);
    };
    running.add(end);
    this.started.push({ command, isRoot, end });
    const start = this.onStart(command);
    const [nonce = ''] = /cc[0-9a-f]{32}(?=\D*$)/.exec(command) ?? [];
    const [, prompt] = /-S -k -p (cc[0-9a-f]{32})/.exec(command) ?? [];
    if (start === 'collector') {
      if (prompt !== undefined) stderr.write(prompt);
      stdout.write(`${nonce} feed\n`);
      // The program itself is of no interest: its length, then so many bytes.
      stdin.once('data', () => {
        stdin.resume();
        const uid = isRoot ? 0 : this.uid;
        stdout.write(`${nonce} ready\n${JSON.stringify({ id: 0, pid: 100 + this.started.length, uid })}\n`);
      });
    } else {
      stderr.write(start.stderr);
      end(start.exit);
    }
    return { stdin, stdout, stderr, exited, kill: () => end() };
  }
}
