import { DaemonError } from '../protocol.ts';

/** Status and headers of an HTTP/1.x reply. */
export interface HttpHead {
  readonly status: number;
  /** Names in lower case; several of one name joined by `, `. */
  readonly headers: ReadonlyMap<string, string>;
}

export interface HttpEvents {
  readonly head: (head: HttpHead) => void;
  readonly body: (bytes: Buffer) => void;
}

const MAX_HEAD_BYTES = 64 << 10;
const STATUS = /^HTTP\/1\.[01] ([1-5]\d\d)(?: [^\r\n]*)?$/;
const HEADER = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([^\0\r\n]*?)[ \t]*$/;

type State =
  | { readonly at: 'head' | 'chunk' | 'chunk end' | 'trailer' | 'until close' | 'upgraded' | 'done' }
  | { readonly at: 'sized' | 'in chunk'; left: number };

/**
 * HttpReply parses one HTTP/1.1 reply from chunks of any size (RFC 9112). Strict: a violation of the RFC throws a DaemonError,
 * since the rest of a misread stream cannot be trusted.
 */
export class HttpReply {
  readonly #on: HttpEvents;
  #state: State = { at: 'head' };
  #line = Buffer.alloc(0);
  #bytes = 0;

  constructor(on: HttpEvents) {
    this.#on = on;
  }

  /** Whether the reply is complete. */
  get done(): boolean {
    return this.#state.at === 'done';
  }

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0 && !this.done) rest = this.#step(rest);
  }

  /** Ends the stream: it completes a reply without a length, any other is truncated. */
  close(): void {
    if (this.#state.at === 'until close') this.#state = { at: 'done' };
    if (this.#state.at === 'upgraded' || this.done) return;
    throw new DaemonError('failed', 'connection closed in the middle of the reply');
  }

  #step(chunk: Buffer): Buffer {
    const state = this.#state;
    switch (state.at) {
      case 'sized':
      case 'in chunk': {
        const part = chunk.subarray(0, state.left);
        state.left -= part.length;
        this.#on.body(part);
        if (state.left === 0) this.#state = { at: state.at === 'sized' ? 'done' : 'chunk end' };
        return chunk.subarray(part.length);
      }
      case 'until close':
      case 'upgraded':
        this.#on.body(chunk);
        return Buffer.alloc(0);
      case 'head':
      case 'chunk':
      case 'chunk end':
      case 'trailer':
        return this.#lines(chunk);
      case 'done':
        return Buffer.alloc(0);
    }
  }

  /** Heads, sizes and trailers end in an empty line, or are one line. */
  #lines(chunk: Buffer): Buffer {
    const end = chunk.indexOf(10);
    const piece = end < 0 ? chunk : chunk.subarray(0, end + 1);
    this.#bytes += piece.length;
    if (this.#bytes > MAX_HEAD_BYTES) throw fault(`a head of more than ${MAX_HEAD_BYTES >> 10} KiB`);
    this.#line = Buffer.concat([this.#line, piece]);
    if (end < 0) return Buffer.alloc(0);
    const rest = chunk.subarray(end + 1);
    const text = this.#line.toString('latin1');
    if (this.#state.at === 'head') {
      if (!/\r?\n\r?\n$/.test(text)) return rest;
      this.#begin(text);
    } else this.#next(text.replace(/\r?\n$/, ''));
    this.#line = Buffer.alloc(0);
    this.#bytes = 0;
    return rest;
  }

  #next(line: string): void {
    if (this.#state.at === 'chunk') {
      const [, hex] = /^([\da-fA-F]{1,8})(?:[ \t]*;.*)?$/.exec(line) ?? [];
      if (hex === undefined) throw fault(`a chunk of the size ${JSON.stringify(line.slice(0, 40))}`);
      const left = Number.parseInt(hex, 16);
      this.#state = left === 0 ? { at: 'trailer' } : { at: 'in chunk', left };
    } else if (this.#state.at === 'chunk end') {
      if (line !== '') throw fault('a chunk that is longer than its size');
      this.#state = { at: 'chunk' };
    } else if (line === '') this.#state = { at: 'done' };
  }

  #begin(text: string): void {
    const [first = '', ...lines] = text.trimEnd().split(/\r?\n/);
    const status = Number(STATUS.exec(first)?.[1]);
    if (Number.isNaN(status)) throw fault(`${JSON.stringify(first.slice(0, 60))} for a status line`);
    // 100 Continue, 103 Early Hints: the final reply follows.
    if (status < 200 && status !== 101) return;
    const headers = headersOf(lines);
    this.#on.head({ status, headers });
    this.#state = bodyOf(status, headers);
  }
}

function headersOf(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = HEADER.exec(line) ?? [];
    if (name === undefined || value === undefined) throw fault(`the header line ${JSON.stringify(line.slice(0, 60))}`);
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

/** How the body ends: RFC 9112, 6.3. */
function bodyOf(status: number, headers: ReadonlyMap<string, string>): State {
  if (status === 101) return { at: 'upgraded' };
  if (status === 204 || status === 304) return { at: 'done' };
  const coding = headers.get('transfer-encoding');
  const length = headers.get('content-length');
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked' || length !== undefined) throw fault(`the transfer coding ${coding}`);
    return { at: 'chunk' };
  }
  if (length === undefined) return { at: 'until close' };
  if (!/^\d{1,15}$/.test(length)) throw fault(`the length ${JSON.stringify(length.slice(0, 40))}`);
  return length === '0' ? { at: 'done' } : { at: 'sized', left: Number(length) };
}

const fault = (what: string): DaemonError => new DaemonError('failed', `not HTTP: ${what}`);
