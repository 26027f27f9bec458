import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { Attachment, AttachmentEnd, AttachmentPulse, AttachRequest, Enter } from './host.ts';
import { TransportError, type Pipe } from './transport.ts';
import { encodeFrame, FrameReader, type Frame, type Head } from './collector/frames.ts';
import { AttachmentGate } from './attachment-gate.ts';
import { endOf, pulseOf } from './attachment-figures.ts';
import { plain } from '../lib/plain.ts';

/** Interval of beats; crashcart_attach detaches from the target after 2.8 s without one. */
const BEAT_MS = 500;
/** Bytes after which output is acknowledged early; the host limits unacknowledged output to 256 KiB. */
const ACK_BYTES = 64 << 10;
const ACK_SPACING_MS = 50;
const READY_MS = 10_000;
/** Line over which files of a request are still waited for. */
const SLOWEST_BYTES_PER_S = 128 << 10;
/** Worst case of a detach on the host: 13 s (interrupt 2, detach 3, stop 1, kill 2, remains 1, check 3). */
const END_MS = 15_000;
const EARLY_BYTES = 256 << 10;
const BOUNDS = { headBytes: 64 << 10, bodyBytes: 1 << 20 };

/**
 * Client of crashcart_attach, which was just started at the other end of the pipe. Resolves when the tool runs; rejects with a
 * TransportError when the guard refuses or does not reply. However this side ends (end, error, SIGKILL, lost connection),
 * the guard detaches from the target by itself.
 */
export async function attachOver(pipe: Pipe, request: AttachRequest): Promise<Attachment> {
  const client = new AttachmentClient(pipe, request);
  await client.begun;
  return client;
}

const enterFields = ({ startTicks, hostUid, ...rest }: Enter): Head => ({ ...rest, ticks: startTicks, owner: hostUid });

class AttachmentClient implements Attachment {
  readonly begun: Promise<void>;
  readonly ended: Promise<AttachmentEnd>;
  readonly #pipe: Pipe;
  readonly #request: AttachRequest;
  readonly #reader = new FrameReader(BOUNDS);
  readonly #gate: AttachmentGate;
  readonly #dataListeners = new Set<(bytes: Uint8Array) => void>();
  readonly #pulseListeners = new Set<(pulse: AttachmentPulse) => void>();
  readonly #beats: NodeJS.Timeout;
  readonly #ready = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<AttachmentEnd>();
  #early: Uint8Array[] = [];
  #earlyBytes = 0;
  #pulse: AttachmentPulse | undefined;
  #seenBytes = 0;
  #ackedBytes = 0;
  #ackedMs = 0;
  #ack: NodeJS.Timeout | undefined;
  #running = true;

  constructor(pipe: Pipe, request: AttachRequest) {
    this.#pipe = pipe;
    this.#request = request;
    const nonce = randomBytes(12).toString('hex');
    this.#gate = new AttachmentGate(nonce);
    this.begun = this.#ready.promise;
    this.ended = this.#over.promise;
    const packed = (request.files ?? []).map((file) => deflateSync(file));
    const sentBytes = packed.reduce((sum, { length }) => sum + length, 0);
    const readyMs = READY_MS + (sentBytes / SLOWEST_BYTES_PER_S) * 1000;
    const late = setTimeout(() => {
      this.#fail(`guard on the host: no reply in ${Math.round(readyMs / 1000)} s`);
    }, readyMs);
    void this.#over.promise.then(() => clearTimeout(late));
    void this.begun.then(
      () => clearTimeout(late),
      () => undefined,
    );
    pipe.stdin.on('error', () => undefined); // a lost connection shows at stdout
    pipe.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    // feedPython paused the stream; a listener alone does not resume it.
    pipe.stdout.resume();
    pipe.stdout.on('error', () => undefined);
    pipe.stdout.on('end', () => this.#lost());
    void pipe.exited.then(() => this.#lost());
    this.#send({
      op: 'start',
      nonce,
      argv: request.argv,
      columns: request.columns,
      rows: request.rows,
      pid: request.target?.pid,
      ticks: request.target?.startTicks,
      keep: request.keepAll === true,
      enter: request.enter && enterFields(request.enter),
      files: packed.map(({ length }) => length),
    });
    for (const file of packed)
      for (let at = 0; at < file.length; at += BOUNDS.headBytes)
        this.#send({ op: 'file' }, file.subarray(at, at + BOUNDS.headBytes));
    this.#beats = setInterval(() => this.#beat(), BEAT_MS);
  }

  readonly onData = (listen: (bytes: Uint8Array) => void): (() => void) => {
    this.#dataListeners.add(listen);
    for (const bytes of this.#early) listen(bytes);
    this.#early = [];
    return () => this.#dataListeners.delete(listen);
  };

  readonly onPulse = (listen: (pulse: AttachmentPulse) => void): (() => void) => {
    this.#pulseListeners.add(listen);
    return () => this.#pulseListeners.delete(listen);
  };

  readonly write = (bytes: Uint8Array | string): void => {
    const all = Buffer.from(bytes);
    for (let at = 0; at < all.length; at += BOUNDS.headBytes)
      this.#send({ op: 'data' }, all.subarray(at, at + BOUNDS.headBytes));
  };

  readonly resize = (columns: number, rows: number): void => this.#send({ op: 'resize', columns, rows });

  readonly end = async (): Promise<void> => {
    if (!this.#running) return;
    this.#send({ op: 'end' });
    const late = setTimeout(() => {
      this.#finish({
        guard: [],
        detail: 'no end state from the guard, which detaches when the connection ends',
      });
    }, END_MS);
    await this.ended;
    clearTimeout(late);
  };

  #receive(chunk: Buffer): void {
    if (!this.#running) return;
    try {
      const rest = this.#gate.pass(chunk);
      this.#seenBytes += rest.length;
      for (const frame of this.#reader.push(rest)) this.#take(frame);
    } catch (error) {
      this.#fail(`guard protocol error: ${error instanceof Error ? plain(error.message) : ''}`);
      return;
    }
    if (this.#seenBytes - this.#ackedBytes >= ACK_BYTES)
      this.#ack ??= setTimeout(() => this.#beat(), this.#ackedMs + ACK_SPACING_MS - performance.now());
  }

  #take({ head, body }: Frame): void {
    switch (head['op']) {
      case 'ready':
        this.#ready.resolve();
        return;
      case 'refused':
        this.#fail(typeof head['detail'] === 'string' ? plain(head['detail']) : 'refused by the guard');
        return;
      case 'data':
        this.#emit(body);
        return;
      case 'pulse':
        this.#pulse = pulseOf(head);
        for (const listen of this.#pulseListeners) listen(this.#pulse);
        return;
      case 'end':
        this.#finish(endOf(head, this.#request));
        return;
      default:
    }
  }

  #emit(bytes: Uint8Array): void {
    if (this.#dataListeners.size === 0 && this.#earlyBytes < EARLY_BYTES) {
      this.#early.push(bytes);
      this.#earlyBytes += bytes.length;
    }
    for (const listen of this.#dataListeners) listen(bytes);
  }

  #beat(): void {
    clearTimeout(this.#ack);
    this.#ack = undefined;
    this.#ackedBytes = this.#seenBytes;
    this.#ackedMs = performance.now();
    this.#send({ op: 'beat', seen: this.#seenBytes });
  }

  #send(head: Head, body?: Buffer): void {
    if (this.#running && this.#pipe.stdin.writable) this.#pipe.stdin.write(encodeFrame(head, body));
  }

  #lost(): void {
    this.#fail('connection to the tool lost; the guard on the host detaches from the target');
  }

  #fail(detail: string): void {
    this.#ready.reject(new TransportError(detail));
    this.#finish({
      longestStopMs: this.#pulse?.longestStopMs,
      totalStopMs: this.#pulse?.totalStopMs,
      guard: [],
      detail,
    });
  }

  /** Closes stdin, on which the guard detaches; a kill would only remove its first guard. */
  #finish(end: AttachmentEnd): void {
    if (!this.#running) return;
    this.#running = false;
    clearInterval(this.#beats);
    clearTimeout(this.#ack);
    this.#pipe.stdin.end();
    this.#over.resolve(end);
  }
}
