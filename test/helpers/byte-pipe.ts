import { PassThrough } from 'node:stream';
import type { Pipe } from '../../src/host/transport.ts';

/** Pipe with the test at its far end. */
export interface BytePipe {
  readonly pipe: Pipe;
  /** All bytes written to stdin so far, as text. */
  readonly written: () => string;
  readonly say: (bytes: Uint8Array | string) => void;
  readonly hangUp: () => void;
  readonly killed: () => boolean;
}

export function bytePipe(onWrite: (all: string, pipe: BytePipe) => void = () => undefined): BytePipe {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const { promise: exited, resolve: exit } = Promise.withResolvers<number | undefined>();
  let text = '';
  let killed = false;
  const hangUp = () => {
    stdout.end();
    exit(0);
  };
  const made: BytePipe = {
    pipe: {
      stdin,
      stdout,
      stderr: new PassThrough(),
      exited,
      kill: () => {
        killed = true;
        hangUp();
      },
    },
    written: () => text,
    say: (bytes) => void (stdout.writable && stdout.write(bytes)),
    hangUp,
    killed: () => killed,
  };
  stdin.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
    onWrite(text, made);
  });
  return made;
}
