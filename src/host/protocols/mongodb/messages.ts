import { MAX_REPLY_BYTES } from '../database-connection.ts';
import { DaemonError } from '../protocol.ts';
import { bsonBytes, bsonDocument, bsonLength, type BsonDocument, type CommandDocument } from './bson.ts';

/** Length, id, id of the request, code. https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ */
const HEADER_BYTES = 16;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const CHECKSUM_BYTES = 4;
const TLS_ALERT_BYTES = 7;
/** Flags that a reader does not know and must not ignore. */
const UNKNOWN_REQUIRED = 0xff_fc;

export interface MongodbReply {
  readonly requestId: number;
  readonly document: BsonDocument;
}

/** OP_MSG of a command. */
export function commandMessage(requestId: number, command: CommandDocument): Buffer {
  const document = bsonBytes(command);
  const head = Buffer.alloc(HEADER_BYTES + 5);
  head.writeInt32LE(head.length + document.length, 0);
  head.writeInt32LE(requestId, 4);
  head.writeInt32LE(OP_MSG, 12);
  return Buffer.concat([head, document]);
}

/** Fatal alert of TLS 1.0 to 1.3, as a server that takes TLS only sends it in the place of its first reply: RFC 8446, 5.1 and 6. */
const isTlsAlert = (bytes: Buffer): boolean =>
  bytes.length === TLS_ALERT_BYTES && bytes[0] === 0x15 && bytes[1] === 3 && bytes.readUInt16BE(3) === 2;

/** MongodbReplies cuts a stream of bytes into replies. */
export class MongodbReplies {
  #bytes: Buffer = Buffer.alloc(0);
  #isFirst = true;

  push(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
  }

  /** Next whole reply; undefined until its last byte is there. Throws a DaemonError on bytes of another protocol. */
  next(): MongodbReply | undefined {
    const bytes = this.#bytes;
    // A reply of 0x0315 bytes begins with the same two.
    if (this.#isFirst && isTlsAlert(bytes)) throw new DaemonError('denied', 'TLS wanted');
    if (bytes.length < HEADER_BYTES) return undefined;
    const length = bytes.readInt32LE(0);
    if (bytes.readInt32LE(12) !== OP_MSG || length < HEADER_BYTES + 5 || length > MAX_REPLY_BYTES)
      throw new DaemonError('failed', 'not MongoDB 3.6 or later');
    if (bytes.length < length) return undefined;
    this.#bytes = bytes.subarray(length);
    this.#isFirst = false;
    return { requestId: bytes.readInt32LE(8), document: bodyOf(bytes.subarray(HEADER_BYTES, length)) };
  }
}

/** Section of kind 0, the one of a reply. Its document is decoded alone: a sequence (kind 1) is that of a request. */
function bodyOf(bytes: Buffer): BsonDocument {
  const flags = bytes.readUInt32LE(0);
  const end = bytes.length - (flags & CHECKSUM_PRESENT ? CHECKSUM_BYTES : 0);
  if ((flags & UNKNOWN_REQUIRED) !== 0 || bytes[4] !== 0) throw new DaemonError('failed', 'not a reply of MongoDB');
  const section = bytes.subarray(5, end);
  return bsonDocument(section.subarray(0, bsonLength(section, 0)));
}
