import { DaemonError } from '../protocol.ts';

/** A message or control frame of a server. */
export type WebSocketEvent =
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'ping'; readonly body: Buffer }
  | { readonly kind: 'close'; readonly code: number | undefined };

const MAX_MESSAGE_BYTES = 1 << 20;
const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** WebSocketFrames parses messages of a server from chunks of any size: RFC 6455, 5.2. Throws a DaemonError at a violation. */
export class WebSocketFrames {
  #bytes: Buffer = Buffer.alloc(0);
  #fragments: Buffer[] | undefined;
  #size = 0;

  push(chunk: Buffer): WebSocketEvent[] {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    const events: WebSocketEvent[] = [];
    for (let frame = this.#frame(); frame; frame = this.#frame()) {
      const event = this.#take(frame);
      if (event) events.push(event);
    }
    return events;
  }

  #frame(): { readonly fin: boolean; readonly opcode: number; readonly body: Buffer } | undefined {
    const bytes = this.#bytes;
    const [first, second] = bytes;
    if (first === undefined || second === undefined) return undefined;
    if (first & 0x70) throw fault('an extension that was not agreed on');
    if (second & 0x80) throw fault('a server that masks');
    const short = second & 0x7f;
    const wide = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (bytes.length < 2 + wide) return undefined;
    const size = wide === 0 ? short : wide === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (size > MAX_MESSAGE_BYTES) throw fault(`a frame of ${size} bytes`);
    if (bytes.length < 2 + wide + size) return undefined;
    this.#bytes = bytes.subarray(2 + wide + size);
    return { fin: (first & 0x80) !== 0, opcode: first & 0x0f, body: bytes.subarray(2 + wide, 2 + wide + size) };
  }

  #take({ fin, opcode, body }: { fin: boolean; opcode: number; body: Buffer }): WebSocketEvent | undefined {
    if (opcode >= CLOSE) {
      if (!fin || body.length > 125) throw fault('a control frame that is long or in pieces');
      if (opcode === PING) return { kind: 'ping', body: Buffer.from(body) };
      if (opcode === CLOSE) return { kind: 'close', code: body.length >= 2 ? body.readUInt16BE(0) : undefined };
      if (opcode === PONG) return undefined;
      throw fault(`the opcode ${opcode}`);
    }
    if (opcode !== CONTINUATION && opcode !== TEXT && opcode !== BINARY) throw fault(`the opcode ${opcode}`);
    if ((opcode === CONTINUATION) !== (this.#fragments !== undefined)) throw fault('pieces of messages out of order');
    this.#fragments ??= [];
    this.#fragments.push(Buffer.from(body));
    this.#size += body.length;
    if (this.#size > MAX_MESSAGE_BYTES) throw fault('a message without end');
    if (!fin) return undefined;
    const text = Buffer.concat(this.#fragments).toString('utf8');
    this.#fragments = undefined;
    this.#size = 0;
    return { kind: 'message', text };
  }
}

/** A control frame of the client, masked as RFC 6455, 5.3 requires. */
export function controlFrame(kind: 'pong' | 'close', body: Buffer, mask: Buffer): Buffer {
  const masked = Buffer.from(body.subarray(0, 125).map((byte, at) => byte ^ (mask[at % 4] ?? 0)));
  return Buffer.concat([
    Buffer.from([0x80 | (kind === 'pong' ? PONG : CLOSE), 0x80 | masked.length]),
    mask.subarray(0, 4),
    masked,
  ]);
}

const fault = (what: string): DaemonError => new DaemonError('failed', `not WebSocket: ${what}`);
