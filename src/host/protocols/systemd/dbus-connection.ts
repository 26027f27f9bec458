import type { Pipe } from '../../transport.ts';
import type { Why } from '../../host.ts';
import { DaemonError } from '../protocol.ts';
import { DbusReader, DbusWriter, type DbusValue } from './dbus-values.ts';

const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;
const METHOD_CALL = 1;
const METHOD_RETURN = 2;
const ERROR = 3;
/** NO_REPLY_EXPECTED is not set; NO_AUTO_START: a call never starts a service. */
const NO_AUTO_START = 2;
const FIXED_BYTES = 16;

export interface DbusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** Arguments, all texts. */
  readonly texts?: readonly string[];
}

const WHY: readonly (readonly [name: RegExp, why: Why])[] = [
  [/AccessDenied|AuthFailed/, 'denied'],
  [/ServiceUnknown|NameHasNoOwner|UnknownObject|UnknownMethod|UnknownProperty|NoSuchUnit/, 'absent'],
  [/NoReply|Timeout/, 'timeout'],
];

/** Method call as a message. D-Bus Specification, Message Protocol. */
export function callMessage(call: DbusCall, serial: number): Buffer {
  const body = new DbusWriter();
  for (const text of call.texts ?? []) body.string(text);
  const signature = 's'.repeat(call.texts?.length ?? 0);
  const fields = new DbusWriter();
  const field = (code: number, type: 's' | 'o', text: string) =>
    fields.align(8).byte(code).signature(type).string(text);
  field(1, 'o', call.path);
  field(2, 's', call.interface);
  field(3, 's', call.member);
  field(6, 's', call.destination);
  if (signature !== '') fields.align(8).byte(8).signature('g').signature(signature);
  const head = new DbusWriter().byte(0x6c).byte(METHOD_CALL).byte(NO_AUTO_START).byte(1);
  head.uint(body.length).uint(serial).uint(fields.length);
  const padded = new DbusWriter();
  for (let i = 0; i < (8 - (fields.length % 8)) % 8; i++) padded.byte(0);
  return Buffer.concat([head.bytes(), fields.bytes(), padded.bytes(), body.bytes()]);
}

interface PendingCall {
  readonly resolve: (values: readonly DbusValue[]) => void;
  readonly reject: (error: DaemonError) => void;
}

/**
 * DbusConnection is an open connection to a bus: authentication by the credentials of the socket (EXTERNAL), Hello, then method calls.
 * Signals are not subscribed to.
 */
export class DbusConnection {
  readonly #pipe: Pipe;
  readonly #pending = new Map<number, PendingCall>();
  #rest: Buffer = Buffer.alloc(0);
  #isOpen = false;
  #serial = 0;
  #ended: DaemonError | undefined;
  readonly #opened: Promise<void>;
  #open: { readonly resolve: () => void; readonly reject: (error: DaemonError) => void } | undefined;

  constructor(pipe: Pipe) {
    this.#pipe = pipe;
    this.#opened = new Promise((resolve, reject) => {
      this.#open = { resolve, reject };
    });
    this.#opened.catch(() => undefined);
    pipe.stdout.on('data', (part: Buffer) => this.#take(part));
    void pipe.exited.then(() => this.#end(new DaemonError('failed', 'D-Bus: closed')));
    pipe.stdin.write('\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n');
  }

  get closed(): boolean {
    return this.#ended !== undefined;
  }

  /** Values of the reply; rejects with a DaemonError. */
  async call(call: DbusCall): Promise<readonly DbusValue[]> {
    await this.#opened;
    return this.#send(call);
  }

  close(): void {
    this.#pipe.kill();
    this.#end(new DaemonError('failed', 'D-Bus: closed'));
  }

  #send(call: DbusCall): Promise<readonly DbusValue[]> {
    if (this.#ended) return Promise.reject(this.#ended);
    const serial = ++this.#serial;
    return new Promise((resolve, reject) => {
      this.#pending.set(serial, { resolve, reject });
      this.#pipe.stdin.write(callMessage(call, serial));
    });
  }

  #take(part: Buffer): void {
    this.#rest = this.#rest.length === 0 ? part : Buffer.concat([this.#rest, part]);
    try {
      while (this.#isOpen ? this.#message() : this.#line());
    } catch (error) {
      this.#pipe.kill();
      this.#end(new DaemonError('failed', `D-Bus: ${error instanceof Error ? error.message : String(error)}`));
    }
  }

  /** A line of the authentication; false while it is not complete. */
  #line(): boolean {
    const end = this.#rest.indexOf('\r\n');
    if (end < 0) {
      if (this.#rest.length > 4096) throw new Error('not a message bus');
      return false;
    }
    const line = this.#rest.toString('latin1', 0, end);
    this.#rest = this.#rest.subarray(end + 2);
    if (line.startsWith('REJECTED') || line.startsWith('ERROR'))
      this.#end(new DaemonError('denied', 'D-Bus: authentication refused'));
    else if (line.startsWith('OK ')) {
      this.#isOpen = true;
      this.#send({ destination: BUS, path: '/org/freedesktop/DBus', interface: BUS, member: 'Hello' }).then(
        () => this.#open?.resolve(),
        (error: DaemonError) => this.#open?.reject(error),
      );
    }
    return this.#ended === undefined;
  }

  /** A message; false while it is not complete. */
  #message(): boolean {
    if (this.#rest.length < FIXED_BYTES) return false;
    if (this.#rest[0] !== 0x6c) throw new Error('not little-endian');
    const fieldsBytes = this.#rest.readUInt32LE(12);
    const bodyBytes = this.#rest.readUInt32LE(4);
    const bodyAt = FIXED_BYTES + fieldsBytes + ((8 - (fieldsBytes % 8)) % 8);
    if (bodyAt + bodyBytes > MAX_MESSAGE_BYTES) throw new Error('message too long');
    if (this.#rest.length < bodyAt + bodyBytes) return false;
    const message = this.#rest.subarray(0, bodyAt + bodyBytes);
    this.#rest = this.#rest.subarray(bodyAt + bodyBytes);
    const fields = headerFields(message);
    const serial = fields.get(5);
    const pending = typeof serial === 'number' ? this.#pending.get(serial) : undefined;
    if (!pending || typeof serial !== 'number') return true;
    this.#pending.delete(serial);
    const signature = fields.get(8);
    const values = () =>
      typeof signature === 'string' ? new DbusReader(message.subarray(bodyAt)).values(signature) : [];
    if (message[1] === METHOD_RETURN) pending.resolve(values());
    else if (message[1] === ERROR) pending.reject(errorOf(fields.get(4), values()[0]));
    return true;
  }

  #end(error: DaemonError): void {
    this.#ended ??= error;
    this.#open?.reject(error);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

const BUS = 'org.freedesktop.DBus';

/** Fields of a header by their code: 4 error name, 5 serial of the call, 8 signature. */
function headerFields(message: Buffer): ReadonlyMap<number, DbusValue> {
  const [fields] = new DbusReader(message, 12).values('a(yv)');
  return new Map(
    (Array.isArray(fields) ? fields : []).flatMap((field): [number, DbusValue][] =>
      Array.isArray(field) && typeof field[0] === 'number' && field[1] !== undefined ? [[field[0], field[1]]] : [],
    ),
  );
}

function errorOf(name: DbusValue | undefined, text: DbusValue | undefined): DaemonError {
  const what = typeof name === 'string' ? name : 'error';
  const why = WHY.find(([pattern]) => pattern.test(what))?.[1] ?? 'failed';
  return new DaemonError(why, typeof text === 'string' ? text : what);
}
