import { XdrError, XdrReader, XdrWriter } from './xdr.ts';

/**
 * Frames of libvirt's remote protocol: libvirt src/rpc/virnetprotocol.x, https://libvirt.org/kbase/internals/rpc.html
 * A message is its length (which counts itself), six words of header, and a payload, all XDR.
 */
export const REMOTE_PROGRAM = 0x2000_8086;
/** https://libvirt.org/kbase/internals/rpc.html: without a PONG the daemon closes the connection. src/rpc/virkeepaliveprotocol.x */
export const KEEPALIVE_PROGRAM = 0x6b65_6570;
export const KEEPALIVE = { ping: 1, pong: 2 } as const;

/** virNetMessageType; those with file descriptors come only in reply to a call. */
export const MESSAGE = { call: 0, reply: 1, message: 2, stream: 3 } as const;
/** virNetMessageStatus. */
export const STATUS = { ok: 0, error: 1, continue: 2 } as const;

const HEADER_BYTES = 28;
/** VIR_NET_MESSAGE_MAX and the length itself. */
const MOST_BYTES = 16_777_216 + 4;
const VERSION = 1;

export interface Frame {
  readonly program: number;
  readonly procedure: number;
  readonly type: number;
  readonly serial: number;
  readonly status: number;
  readonly payload: Buffer;
}

export function encodeFrame(frame: Frame): Buffer {
  return new XdrWriter()
    .uint(HEADER_BYTES + frame.payload.length)
    .uint(frame.program)
    .uint(VERSION)
    .int(frame.procedure)
    .uint(frame.type)
    .uint(frame.serial)
    .uint(frame.status)
    .opaque(frame.payload)
    .bytes();
}

/** Splits a byte stream into frames, at any chunk size. Throws an XdrError on bytes of another protocol. */
export class FrameReader {
  #parts: Buffer[] = [];
  #held = 0;
  /** Length of the first frame in bytes; 0 until its header is here. */
  #wanted = 0;

  push(chunk: Uint8Array): Frame[] {
    this.#parts.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#held += chunk.byteLength;
    const frames: Frame[] = [];
    while (this.#held >= 4 && this.#held >= (this.#wanted ||= this.#length())) {
      const all = this.#joined();
      frames.push(decode(all.subarray(0, this.#wanted)));
      this.#parts = [all.subarray(this.#wanted)];
      this.#held -= this.#wanted;
      this.#wanted = 0;
    }
    return frames;
  }

  /** Joins the chunks, only once a length or a whole frame is here: a big reply comes in many of them. */
  #joined(): Buffer {
    const all = this.#parts.length === 1 ? (this.#parts[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#parts);
    this.#parts = [all];
    return all;
  }

  #length(): number {
    const length = this.#joined().readUInt32BE(0);
    if (length < HEADER_BYTES || length > MOST_BYTES) throw new XdrError(`a message of ${length} bytes`);
    return length;
  }
}

function decode(bytes: Buffer): Frame {
  const header = new XdrReader(bytes);
  header.uint();
  const program = header.uint();
  header.uint();
  const procedure = header.int();
  const [type, serial, status] = [header.uint(), header.uint(), header.uint()];
  return { program, procedure, type, serial, status, payload: bytes.subarray(HEADER_BYTES) };
}
