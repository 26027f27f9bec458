import { MAX_REPLY_BYTES } from '../database-connection.ts';
import { DaemonError } from '../protocol.ts';

/** Message of the server: its type and body. PostgreSQL documentation, "Message Formats". */
export interface BackendMessage {
  readonly type: string;
  readonly body: Buffer;
}

const text = (value: string): Buffer => Buffer.from(`${value.replaceAll('\0', '')}\0`, 'utf8');

const length = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** StartupMessage of protocol 3.0. */
export function startup(parameters: Readonly<Record<string, string>>): Buffer {
  const body = Buffer.concat([length(196_608), ...Object.entries(parameters).flat().map(text), Buffer.from([0])]);
  return Buffer.concat([length(body.length + 4), body]);
}

/** Query: one statement or several; each gives its rows as text. */
export function query(sql: string): Buffer {
  const body = text(sql);
  return Buffer.concat([Buffer.from('Q'), length(body.length + 4), body]);
}

/** BackendMessages cuts a stream of bytes into messages. */
export class BackendMessages {
  #chunks: Buffer[] = [];
  #bytes = 0;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /** Next whole message; undefined until its last byte is there. Throws a DaemonError on one that is too long. */
  next(): BackendMessage | undefined {
    if (this.#bytes < 5) return undefined;
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    this.#chunks = [all];
    const size = all.readInt32BE(1) + 1;
    if (size < 5 || size > MAX_REPLY_BYTES)
      throw new DaemonError('failed', `reply of ${size} bytes, not PostgreSQL or too long`);
    if (all.length < size) return undefined;
    this.#chunks = [all.subarray(size)];
    this.#bytes = all.length - size;
    return { type: String.fromCharCode(all[0] ?? 0), body: all.subarray(5, size) };
  }
}

/** Fields of a DataRow, each a text or null. */
export function dataRow(body: Buffer): readonly (string | null)[] {
  const fields: (string | null)[] = [];
  let at = 2;
  for (let left = body.length < 2 ? 0 : body.readInt16BE(0); left > 0 && at + 4 <= body.length; left--) {
    const size = body.readInt32BE(at);
    at += 4;
    if (size < 0) {
      fields.push(null);
      continue;
    }
    fields.push(body.toString('utf8', at, Math.min(at + size, body.length)));
    at += size;
  }
  return fields;
}

/** ErrorResponse: SQLSTATE and message. */
export function errorOf(body: Buffer): { readonly code: string; readonly message: string } {
  const parts = body.toString('utf8').split('\0');
  const field = (letter: string): string => parts.find((part) => part.startsWith(letter))?.slice(1) ?? '';
  return { code: field('C'), message: field('M') };
}

/** Names of methods of authentication that the server may request. */
const METHODS: Readonly<Record<number, string>> = { 3: 'password', 5: 'md5', 7: 'gss', 9: 'sspi', 10: 'scram-sha-256' };

/** Method that the server requests; undefined where it lets us in. */
export function methodOf(body: Buffer): string | undefined {
  const method = body.length < 4 ? -1 : body.readInt32BE(0);
  return method === 0 ? undefined : (METHODS[method] ?? `method ${method}`);
}
