import { createInflate } from 'node:zlib';
import type { AnswerOf, Missing, Reading } from '../host.ts';
import { missing } from '../host.ts';
import type { HostRead, Lane } from '../lane.ts';
import type { Pipe } from '../transport.ts';
import { TalkError } from '../protocols/protocol.ts';
import { answerOf, askOf, namesOf, whyOf } from './answers.ts';
import { encodeFrame, FrameReader, ProtocolError, type Frame, type Head } from './frames.ts';
import { HostClock } from './host-clock.ts';
import { Tables } from './tables.ts';
import { RemoteChild } from './remote-child.ts';

/** Beyond the far side's own time-out: then the line or the collector itself does not answer. */
const GRACE_MS = 3000;
/** The collector tells at once how a dial went, or within half a second where the backlog is full. */
const DIAL_MS = 1000;

interface Waiting {
  readonly resolve: (frame: Frame) => void;
  readonly timer: NodeJS.Timeout;
}

/** Speaks to a collector that said it is ready. */
export class CollectorLane implements Lane {
  readonly kind = 'python3';
  readonly ended: Promise<string>;
  /** Its first words have come: who it is on the host. */
  readonly greeted: Promise<void>;
  readonly open: (argv: readonly string[]) => Pipe;
  readonly dial: (path: string, daemons?: readonly string[], lasting?: boolean) => Promise<Pipe>;
  pid: number | undefined;
  uid: number | undefined;

  readonly #pipe: Pipe;
  readonly #waiting = new Map<number, Waiting>();
  readonly #children = new Map<number, RemoteChild>();
  readonly #last = new Map<string, unknown>();
  readonly #tables = new Tables();
  readonly #end: (why: string) => void;
  #welcome: () => void = () => undefined;
  #over = false;
  #nextId = 1;
  readonly #clock = new HostClock();
  #cpuSeconds: number | undefined;
  #fromHost = 0;
  #toHost = 0;
  #walks = 0;

  /** `first`: what came on stdout after the ready line; the stream goes on in `pipe.stdout`. */
  constructor(pipe: Pipe, first: Buffer) {
    this.#pipe = pipe;
    let settle: (why: string) => void = () => undefined;
    this.ended = new Promise((resolve) => {
      settle = resolve;
    });
    this.#end = (why) => {
      if (this.#over) return;
      this.#over = true;
      for (const [id, waiting] of this.#waiting)
        this.#settle(id, waiting, { head: { why: 'failed', detail: why }, body: Buffer.alloc(0) });
      for (const child of this.#children.values()) child.finish(undefined, why);
      this.#children.clear();
      pipe.kill();
      this.#welcome();
      settle(why);
    };
    this.greeted = new Promise((resolve) => {
      this.#welcome = resolve;
    });
    this.open = (argv) => this.#openChild(argv);
    this.dial = (path, daemons = [], lasting = false) => this.#dialSocket(path, daemons, lasting);
    this.#listen(first);
  }

  async read<R extends HostRead>(what: R): Promise<Reading<AnswerOf<R>>> {
    // A big host's whole table is walked every fifth time; in between only those that lately ran, and new ones.
    const full = this.#tables.processes.table.size <= 2000 || this.#walks++ % 5 === 0;
    const { head, body } = askOf(what, full, this.#last, this.#tables);
    const timeoutMs = what.timeoutMs ?? (what.kind === 'run' ? 10_000 : 5000);
    const frame = await this.#ask({ ...head, timeout: timeoutMs / 1000 }, body, timeoutMs);
    try {
      return answerOf(what, frame, this.#last, this.#tables);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#end(`the collector does not keep its protocol: ${error.message}`);
      return missing('failed', error.message);
    }
  }

  async names(pattern: string, timeoutMs: number): Promise<readonly string[] | Missing> {
    const { head } = await this.#ask(
      { op: 'read', what: ['names', pattern], timeout: timeoutMs / 1000 },
      undefined,
      timeoutMs,
    );
    return namesOf(head);
  }

  clock(): number | undefined {
    return this.#clock.now();
  }

  cpuSeconds(): number | undefined {
    return this.#cpuSeconds;
  }

  bytes(): { fromHost: number; toHost: number } {
    return { fromHost: this.#fromHost, toHost: this.#toHost };
  }

  close(): void {
    this.#pipe.stdin.end();
    this.#end('closed');
  }

  #listen(first: Buffer): void {
    const reader = new FrameReader();
    const inflate = createInflate();
    const take = (chunk: Buffer) => {
      try {
        for (const frame of reader.push(chunk)) this.#take(frame);
      } catch (error) {
        this.#end(
          `the collector does not keep its protocol: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    };
    inflate.on('data', take);
    inflate.on('error', (error) => this.#end(`the collector's answers cannot be unpacked: ${error.message}`));
    let zipped: boolean | undefined;
    const receive = (chunk: Buffer) => {
      if (this.#over || chunk.length === 0) return;
      this.#fromHost += chunk.length;
      // A zlib stream begins with 0x78, a header line with `{`.
      zipped ??= chunk[0] === 0x78;
      if (zipped) inflate.write(chunk);
      else take(chunk);
    };
    receive(first);
    this.#pipe.stdout.on('data', receive);
    this.#pipe.stdout.resume();
    this.#pipe.stderr.on('data', () => undefined);
    this.#pipe.stdin.on('error', () => undefined);
    void this.#pipe.exited.then((code) =>
      this.#end(
        code === undefined
          ? 'the collector was killed, or its session ended'
          : `the collector ended with exit code ${code}`,
      ),
    );
  }

  #take(frame: Frame): void {
    const { id, cpu } = frame.head;
    if (typeof cpu === 'number') this.#cpuSeconds = Math.max(this.#cpuSeconds ?? 0, cpu);
    this.#clock.hear(frame.head['at']);
    if (id === 0) return this.#greet(frame.head);
    if (typeof id !== 'number') throw new ProtocolError('a frame without a number');
    const child = this.#children.get(id);
    if (child?.take(frame)) this.#children.delete(id);
    const waiting = this.#waiting.get(id);
    // An answer after our own time-out is late and nobody's.
    if (waiting) this.#settle(id, waiting, frame);
  }

  #greet(head: Head): void {
    this.pid = typeof head['pid'] === 'number' ? head['pid'] : undefined;
    this.uid = typeof head['uid'] === 'number' ? head['uid'] : undefined;
    this.#welcome();
  }

  #settle(id: number, waiting: Waiting, frame: Frame): void {
    clearTimeout(waiting.timer);
    this.#waiting.delete(id);
    waiting.resolve(frame);
  }

  #ask(head: Head, body: Buffer | undefined, timeoutMs: number, id: number = this.#nextId++): Promise<Frame> {
    return new Promise((resolve) => {
      const say = (why: string, detail: string) => ({ head: { why, detail }, body: Buffer.alloc(0) });
      if (this.#over) return resolve(say('failed', 'the collector has ended'));
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        resolve(say('timeout', `no answer in ${(timeoutMs + GRACE_MS) / 1000} s`));
      }, timeoutMs + GRACE_MS);
      this.#waiting.set(id, { resolve, timer });
      this.#write(encodeFrame({ ...head, id }, body));
    });
  }

  #write(frame: Buffer): void {
    this.#toHost += frame.length;
    this.#pipe.stdin.write(frame);
  }

  #openChild(argv: readonly string[]): Pipe {
    const id = this.#nextId++;
    const child = this.#child(id);
    this.#write(encodeFrame({ op: 'open', id, argv }));
    return child;
  }

  async #dialSocket(path: string, daemons: readonly string[], lasting: boolean): Promise<Pipe> {
    const id = this.#nextId++;
    const child = this.#child(id);
    const { head } = await this.#ask({ op: 'dial', path, daemons, lasting }, undefined, DIAL_MS, id);
    const why = whyOf(head['why']);
    if (!why) return child;
    child.kill();
    this.#children.delete(id);
    throw new TalkError(why, typeof head['detail'] === 'string' ? head['detail'] : `${path}: no reason given`);
  }

  #child(id: number): RemoteChild {
    const child = new RemoteChild((op, body) => {
      if (!this.#over) this.#write(encodeFrame({ op, id }, body));
    });
    this.#children.set(id, child);
    return child;
  }
}
