import { attributesOf, u32 } from './netlink-messages.ts';

const UNIX = 1;
/** 1 << TCP_LISTEN. */
const LISTENING = 0x400;
/** UDIAG_SHOW_NAME, _RQLEN, _UID. */
const SHOW = 0x1 | 0x10 | 0x40;
const NAME = 0;
const QUEUES = 4;
const UID = 7;

/** unix_diag_req for listening sockets. include/uapi/linux/unix_diag.h. */
export const unixListening: Uint8Array = (() => {
  const body = Buffer.alloc(24);
  body.writeUInt8(UNIX, 0);
  body.writeUInt32LE(LISTENING, 4);
  body.writeUInt32LE(SHOW, 12);
  return body;
})();

/** unix_diag_msg: of a listener rqueue is what waits for accept, wqueue the backlog. */
export function unixListener(payload: Buffer): object | undefined {
  if (payload.length < 16) return undefined;
  const attributes = attributesOf(payload, 16);
  const queues = attributes.get(QUEUES);
  return {
    name: nameOf(attributes.get(NAME)),
    inode: payload.readUInt32LE(4),
    waiting: u32(queues),
    backlog: u32(queues, 4),
    uid: u32(attributes.get(UID)),
  };
}

/** As ss(8) prints it: an abstract name begins with a NUL and may hold more, each is `@`. */
function nameOf(bytes: Buffer | undefined): string | undefined {
  if (!bytes || bytes.length === 0) return undefined;
  const end = bytes[0] === 0 ? -1 : bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end).replaceAll('\0', '@');
}
