import { lines, toCount, words } from '../../lib/lines.ts';
import { defineDetail } from '../source.ts';

/**
 * Sockets of the network namespace of a process; those of the process are the ones with an inode among its open
 * files. proc_net(5), https://docs.kernel.org/networking/proc_net_tcp.html
 *
 *     0: 0100007F:0912 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 358358 1 …
 *     0000000001bd9022: 00000003 00000000 00000000 0001 03 407730 /run/systemd/notify
 *
 * An address is the memory of a 32-bit word printed in hex: bytes are the other way round on little-endian machines,
 * as all of amd64, arm64 and ppc64el are.
 */
export const processSockets = defineDetail({
  id: 'process-sockets',
  title: 'Sockets of a process',
  why: 'Shows peers, listening sockets and queues of a process.',
  everySeconds: 5,
  example: { pid: 1 },
  reads: ({ pid }: { readonly pid: number }) => ({
    tcp: { kind: 'file', path: `/proc/${pid}/net/tcp` },
    tcp6: { kind: 'file', path: `/proc/${pid}/net/tcp6` },
    udp: { kind: 'file', path: `/proc/${pid}/net/udp` },
    udp6: { kind: 'file', path: `/proc/${pid}/net/udp6` },
    unix: { kind: 'file', path: `/proc/${pid}/net/unix` },
  }),
  parse: ({ tcp, tcp6, udp, udp6, unix }): ReadonlyMap<number, Socket> => {
    const all = [
      ...internet('tcp', tcp),
      ...internet('tcp6', tcp6),
      ...internet('udp', udp),
      ...internet('udp6', udp6),
      ...local(unix),
    ];
    return new Map(all.map((socket) => [socket.inode, socket]));
  },
});

export interface Socket {
  readonly inode: number;
  readonly protocol: 'tcp' | 'tcp6' | 'udp' | 'udp6' | 'unix';
  /** `127.0.0.1:2322`, `[::1]:80`, a path (hostile text), or '' for a unix socket without a name. */
  readonly local: string;
  readonly remote: string | undefined;
  readonly state: string;
  /** Written and not acknowledged by the peer. */
  readonly sendBytes: number | undefined;
  /** Received and not read yet; of a listening socket: connections in the accept queue. */
  readonly receiveBytes: number | undefined;
}

/** include/net/tcp_states.h, named as ss(8) does. */
const TCP_STATES: Readonly<Record<string, string>> = {
  '01': 'ESTAB',
  '02': 'SYN-SENT',
  '03': 'SYN-RECV',
  '04': 'FIN-WAIT-1',
  '05': 'FIN-WAIT-2',
  '06': 'TIME-WAIT',
  '07': 'CLOSE',
  '08': 'CLOSE-WAIT',
  '09': 'LAST-ACK',
  '0A': 'LISTEN',
  '0B': 'CLOSING',
  '0C': 'NEW-SYN-RECV',
};

function internet(protocol: 'tcp' | 'tcp6' | 'udp' | 'udp6', text: string | undefined): readonly Socket[] {
  return lines(text ?? '').flatMap((line) => {
    const cells = words(line);
    const [, local = '', remote = '', state = '', queues = ''] = cells;
    const inode = toCount(cells[9]);
    const from = address(local);
    // Inode 0: in TIME-WAIT, without a process.
    if (inode === undefined || inode === 0 || from === undefined) return [];
    const [send, receive] = queues.split(':');
    const named = TCP_STATES[state] ?? state;
    return [
      {
        inode,
        protocol,
        local: from,
        remote: address(remote),
        state: protocol.startsWith('udp') && state === '07' ? 'UNCONN' : named,
        sendBytes: hex(send),
        receiveBytes: hex(receive),
      },
    ];
  });
}

const hex = (text: string | undefined): number | undefined =>
  text !== undefined && /^[0-9A-Fa-f]{1,8}$/.test(text) ? Number.parseInt(text, 16) : undefined;

/** `0100007F:0912` → `127.0.0.1:2322`; port 0 is `*`. */
function address(text: string): string | undefined {
  const [, digits = '', port = ''] = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(text) ?? [];
  if (digits === '') return undefined;
  const number = Number.parseInt(port, 16);
  const host = digits.length === 8 ? ipv4(bytesOf(digits)) : `[${ipv6(bytesOf(digits))}]`;
  return `${host}:${number === 0 ? '*' : number}`;
}

/** Bytes in network order out of little-endian 32-bit words. */
const bytesOf = (digits: string): readonly number[] =>
  (digits.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).toReversed().map((byte) => Number.parseInt(byte, 16)),
  );

const ipv4 = (bytes: readonly number[]): string => bytes.join('.');

/** RFC 5952: lower case, the longest run of zero groups as `::`; an embedded IPv4 address as such. */
function ipv6(bytes: readonly number[]): string {
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255)
    return `::ffff:${ipv4(bytes.slice(12))}`;
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  const whole = groups.join(':');
  const runs = [...whole.matchAll(/\b0(?::0\b)+/g)].map(([run]) => run);
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return whole;
  const at = whole.search(new RegExp(`\\b${longest}\\b`));
  return `${whole.slice(0, at).replace(/:$/, '')}::${whole.slice(at + longest.length).replace(/^:/, '')}`;
}

/** SO_ACCEPTCON in the flags: it listens. net/unix/af_unix.c `unix_seq_show`. */
const LISTENS = '00010000';

/** A name may hold blanks, and newlines too: text after a newline is parsed as a separate line, mostly dropped. */
function local(text: string | undefined): readonly Socket[] {
  return lines(text ?? '').flatMap((line) => {
    const [, flags, , state, inode, path = ''] =
      /^[0-9a-f]+: [0-9A-F]{8} [0-9A-F]{8} ([0-9A-F]{8}) ([0-9A-F]{4}) ([0-9A-F]{2}) +(\d{1,20})(?: (.*))?$/.exec(
        line,
      ) ?? [];
    const number = toCount(inode);
    if (number === undefined) return [];
    const named = flags === LISTENS ? 'LISTEN' : state === '03' ? 'ESTAB' : 'UNCONN';
    return [
      {
        inode: number,
        protocol: 'unix' as const,
        local: path,
        remote: undefined,
        state: named,
        sendBytes: undefined,
        receiveBytes: undefined,
      },
    ];
  });
}
