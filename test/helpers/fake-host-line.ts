import { PassThrough } from 'node:stream';
import type { Pipe, Transport } from '../../src/host/transport.ts';

/** Program started over the fake connection. */
export interface StartedProgram {
  readonly command: string;
  readonly isRoot: boolean;
  /** Ends the program with an exit code, or without one like a signal. */
  readonly end: (code?: number) => void;
}

/** Result of a program start. Default: the collector. */
export type Start = { readonly exit: number; readonly stderr: string } | 'collector';

/** Connection with collectors that greet without Python, for tests on a clock of the test. */
export class FakeHostLine {
  readonly started: StartedProgram[] = [];
  connections = 0;
  /** Result of the start of a command; `sudo -S` prints its prompt first. */
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

  /** Programs started as root, or as the login user. */
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
    const prompt = /-S -k -p '?(cc[0-9a-f%]+)/.exec(command)?.[1]?.replaceAll('%%', '%');
    if (start === 'collector') {
      if (prompt !== undefined) stderr.write(prompt);
      stdout.write(`${nonce} feed\n`);
      // Stdin carries the collector's code: its length, then the bytes, which are discarded.
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
