import { createInflate } from 'node:zlib';
import type { AnswerOf, HungRead, Missing, Reading } from '../host.ts';
import { missing } from '../host.ts';
import type { HostRead, Lane } from '../lane.ts';
import type { Pipe } from '../transport.ts';
import { DaemonError } from '../protocols/protocol.ts';
import { answerOf, requestOf, namesOf, whyOf } from './answers.ts';
import { encodeFrame, FrameReader, ProtocolError, type Frame, type Head } from './frames.ts';
import { HostClock } from './host-clock.ts';
import { HungReads } from './hung-reads.ts';
import { Tables } from './tables.ts';
import { RemoteChild } from './remote-child.ts';

/** Time beyond the collector's timeout; after it the connection or the collector is unresponsive. */
const GRACE_MS = 3000;
/** Time limit of a dial: the collector replies at once, or within half a second where the backlog is full. */
const DIAL_MS = 1000;

interface PendingRequest {
  readonly resolve: (frame: Frame) => void;
  readonly timer: NodeJS.Timeout;
}

interface RequestOptions {
  readonly id?: number;
  /** Gets the reply that comes after the time limit. */
  readonly late?: ((frame: Frame) => void) | undefined;
}

/** CollectorLane is the client of a ready collector. */
export class CollectorLane implements Lane {
  readonly kind = 'python3';
  readonly ended: Promise<string>;
  /** Resolves with its first frame: pid and uid on the host. */
  readonly greeted: Promise<void>;
  readonly open: (argv: readonly string[]) => Pipe;
  readonly dial: (path: string, daemons?: readonly string[], lasting?: boolean, asOwner?: boolean) => Promise<Pipe>;
  pid: number | undefined;
  uid: number | undefined;

  readonly #pipe: Pipe;
  readonly #waiting = new Map<number, PendingRequest>();
  readonly #late = new Map<number, (frame: Frame) => void>();
  readonly #children = new Map<number, RemoteChild>();
  readonly #last = new Map<string, unknown>();
  readonly #tables = new Tables();
  readonly #end: (why: string) => void;
  #welcome: () => void = () => undefined;
  #over = false;
  #nextId = 1;
  readonly #clock = new HostClock();
  readonly #hung = new HungReads();
  #cpuSeconds: number | undefined;
  #fromHost = 0;
  #toHost = 0;

  /** `first`: output after the ready line; more follows on `pipe.stdout`. */
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
      this.#late.clear();
      pipe.kill();
      this.#welcome();
      settle(why);
    };
    this.greeted = new Promise((resolve) => {
      this.#welcome = resolve;
    });
    this.open = (argv) => this.#openChild(argv);
    this.dial = (path, daemons = [], lasting = false, asOwner = false) =>
      this.#dialSocket(path, daemons, lasting, asOwner);
    this.#listen(first);
  }

  async read<R extends HostRead>(what: R): Promise<Reading<AnswerOf<R>>> {
    const { head, body } = requestOf(what, this.#last, this.#tables);
    const timeoutMs = what.timeoutMs ?? (what.kind === 'run' ? 10_000 : 5000);
    // The collector counts a reply as received, and sends only what changed after it: a late one is applied too.
    const late = what.kind === 'run' ? undefined : (frame: Frame) => void this.#answer(what, frame);
    const frame = await this.#ask({ ...head, timeout: timeoutMs / 1000 }, body, timeoutMs, { late });
    return this.#answer(what, frame);
  }

  #answer<R extends HostRead>(what: R, frame: Frame): Reading<AnswerOf<R>> {
    try {
      return answerOf(what, frame, this.#last, this.#tables);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#end(`collector protocol error: ${error.message}`);
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

  hung(): readonly HungRead[] {
    return this.#hung.at(this.#clock.now());
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
        this.#end(`collector protocol error: ${error instanceof Error ? error.message : String(error)}`);
      }
    };
    inflate.on('data', take);
    inflate.on('error', (error) => this.#end(`collector protocol error: zlib: ${error.message}`));
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
      this.#end(code === undefined ? 'collector killed or session ended' : `collector ended with exit code ${code}`),
    );
  }

  #take(frame: Frame): void {
    const { id, cpu } = frame.head;
    if (typeof cpu === 'number') this.#cpuSeconds = Math.max(this.#cpuSeconds ?? 0, cpu);
    this.#clock.sample(frame.head['at']);
    if (frame.head['hung'] !== undefined) this.#hung.set(frame.head['hung']);
    if (id === 0) return this.#greet(frame.head);
    if (typeof id !== 'number') throw new ProtocolError('a frame without an id');
    const child = this.#children.get(id);
    if (child?.take(frame)) this.#children.delete(id);
    const waiting = this.#waiting.get(id);
    if (waiting) return this.#settle(id, waiting, frame);
    const late = this.#late.get(id);
    this.#late.delete(id);
    late?.(frame);
  }

  #greet(head: Head): void {
    this.pid = typeof head['pid'] === 'number' ? head['pid'] : undefined;
    this.uid = typeof head['uid'] === 'number' ? head['uid'] : undefined;
    this.#welcome();
  }

  #settle(id: number, waiting: PendingRequest, frame: Frame): void {
    clearTimeout(waiting.timer);
    this.#waiting.delete(id);
    waiting.resolve(frame);
  }

  #ask(
    head: Head,
    body: Buffer | undefined,
    timeoutMs: number,
    { id = this.#nextId++, late }: RequestOptions = {},
  ): Promise<Frame> {
    return new Promise((resolve) => {
      const failure = (why: string, detail: string) => ({ head: { why, detail }, body: Buffer.alloc(0) });
      if (this.#over) return resolve(failure('failed', 'collector has ended'));
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        if (late) this.#late.set(id, late);
        resolve(failure('timeout', `timeout after ${(timeoutMs + GRACE_MS) / 1000} s`));
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

  async #dialSocket(path: string, daemons: readonly string[], lasting: boolean, owner: boolean): Promise<Pipe> {
    const id = this.#nextId++;
    const child = this.#child(id);
    const { head } = await this.#ask({ op: 'dial', path, daemons, lasting, owner }, undefined, DIAL_MS, { id });
    const why = whyOf(head['why']);
    if (!why) return child;
    child.kill();
    this.#children.delete(id);
    throw new DaemonError(why, typeof head['detail'] === 'string' ? head['detail'] : `${path}: no reason given`);
  }

  #child(id: number): RemoteChild {
    const child = new RemoteChild((op, body) => {
      if (!this.#over) this.#write(encodeFrame({ op, id }, body));
    });
    this.#children.set(id, child);
    return child;
  }
}
