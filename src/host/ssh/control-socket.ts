import { lstat } from 'node:fs/promises';
import { type Socket, connect } from 'node:net';
import { plain } from '../../lib/plain.ts';

/** Time limit for the reply of a master and of the server behind it. */
const JOIN_MS = 2000;
const MAX_MESSAGE_BYTES = 256 * 1024;

/** Messages of PROTOCOL.mux in OpenSSH. */
const MUX = { hello: 0x0000_0001, version: 4, proxy: 0x1000_000f, proxied: 0x8000_000f } as const;
/** Messages of channels in proxy mode (RFC 4254, 5.1). */
const CHANNEL = { open: 90, opened: 91, refused: 92, close: 97 } as const;
const WINDOW_BYTES = 65_536;
const PACKET_BYTES = 32_768;

/** ControlSocket is a client of a running ControlMaster, which needs no process and leaves no line on the master's terminal. */
export interface ControlSocket {
  readonly path: string;
  /** Opens a session on the connection and closes it, without a command; any reply shows that the server responds. */
  readonly probe: (received: () => void) => void;
  /** Reason of the master's end. */
  readonly ended: Promise<string>;
  readonly close: () => void;
}

/** A joined ControlMaster, or the reason that there is none; undefined without a socket. */
export type Join =
  | { readonly ok: true; readonly socket: ControlSocket }
  | { readonly ok: false; readonly why: string | undefined };

/** Joins the master that listens at `path`. Up to 2 s, also when master or connection hang. */
export async function joinControlSocket(path: string): Promise<Join> {
  const stat = await lstat(path).catch(() => undefined);
  if (stat === undefined) return { ok: false, why: undefined };
  if (!stat.isSocket()) return { ok: false, why: 'not a socket' };
  if (stat.uid !== process.getuid?.()) return { ok: false, why: `owned by user ${stat.uid}` };

  const socket = connect(path);
  const end = Promise.withResolvers<string>();
  const outcome = Promise.withResolvers<string | undefined>();
  const timer = setTimeout(() => outcome.resolve(`no reply in ${JOIN_MS / 1000} s`), JOIN_MS);
  const waiting: (() => void)[] = [];
  let isProxy = false;
  let channel = 0;
  const open = (): void => {
    socket.write(
      message(Buffer.from([0, CHANNEL.open]), text('session'), u32(channel++), u32(WINDOW_BYTES), u32(PACKET_BYTES)),
    );
  };
  const replied = (): void => {
    for (const received of waiting.splice(0)) received();
  };
  const receiveChannel = (body: Buffer): void => {
    const type = body[1];
    if (type !== CHANNEL.opened && type !== CHANNEL.refused) return;
    if (type === CHANNEL.opened) socket.write(message(Buffer.from([0, CHANNEL.close]), body.subarray(6, 10)));
    outcome.resolve(type === CHANNEL.opened ? undefined : 'Session open refused by peer');
    replied();
  };
  onMessages(socket, (body) => {
    if (isProxy) return receiveChannel(body);
    const type = body.readUInt32BE(0);
    if (type === MUX.hello) return;
    if (type !== MUX.proxied) return outcome.resolve('proxy mode refused');
    isProxy = true;
    open();
  });
  socket.on('error', (error: NodeJS.ErrnoException) =>
    outcome.resolve(error.code === 'ECONNREFUSED' ? 'stale socket' : plain(error.message)),
  );
  socket.on('close', () => {
    outcome.resolve('closed by the master');
    end.resolve('ControlMaster exited');
  });
  socket.write(Buffer.concat([message(u32(MUX.hello), u32(MUX.version)), message(u32(MUX.proxy), u32(0))]));

  const why = await outcome.promise;
  clearTimeout(timer);
  if (why !== undefined) {
    socket.destroy();
    return { ok: false, why };
  }
  const probe = (received: () => void): void => {
    waiting.push(received);
    open();
  };
  return { ok: true, socket: { path, probe, ended: end.promise, close: () => socket.destroy() } };
}

function onMessages(socket: Socket, receive: (body: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 4) {
      const length = rest.readUInt32BE(0);
      if (length < 4 || length > MAX_MESSAGE_BYTES) return void socket.destroy();
      if (rest.length < 4 + length) return;
      receive(rest.subarray(4, 4 + length));
      rest = rest.subarray(4 + length);
    }
  });
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const text = (value: string): Buffer => Buffer.concat([u32(Buffer.byteLength(value)), Buffer.from(value)]);

function message(...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([u32(body.length), body]);
}
