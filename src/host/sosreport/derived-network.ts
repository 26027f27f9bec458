/** Interface of `ip -s -d link`. */
export interface Nic {
  readonly state: string | undefined;
  readonly mtu: string | undefined;
  readonly address: string | undefined;
  readonly master: string | undefined;
  /** Row of /proc/net/dev; undefined without counters. */
  readonly counters: string | undefined;
}

/**
 * Interfaces by name: ip-link(8).
 *
 *     2: eth0@if3: <…> mtu 1500 qdisc … master br0 state UP …
 *         link/ether 52:54:00:e2:28:a3 brd …
 *         RX: bytes  packets  errors  dropped overrun mcast
 *         23781208158 25929812 0       0       0       0
 *         TX: bytes  packets  errors  dropped carrier collsns
 *         12454456325 25565252 0       0       0       0
 */
export function* nics(text: string): Generator<readonly [string, Nic]> {
  for (const part of text.split(/^(?=\d+: )/m)) {
    const [head = '', below = ''] = part.split('\n');
    const name = /^\d+: ([^:@\s]+)/.exec(head)?.[1];
    if (name === undefined) continue;
    yield [
      name,
      {
        state: / state (\S+)/.exec(head)?.[1]?.toLowerCase(),
        mtu: / mtu (\d+)/.exec(head)?.[1],
        address: /^\s+link\/\S+ ([\da-f:]+)/.exec(below)?.[1],
        master: / master (\S+)/.exec(head)?.[1],
        counters: countersOf(name, part),
      },
    ];
  }
}

/** proc_net_dev(5): bytes packets errs drop fifo frame compressed multicast; … colls carrier compressed. */
function countersOf(name: string, part: string): string | undefined {
  const row = (way: string) =>
    new RegExp(String.raw`^ +${way}: .*\n([\d ]+)$`, 'm').exec(part)?.[1]?.trim().split(/ +/);
  const [rx, tx] = [row('RX'), row('TX')];
  if (rx === undefined || tx === undefined) return undefined;
  const [rxBytes, rxPackets, rxErrors, rxDropped, overrun = '0', multicast = '0'] = rx;
  const [txBytes, txPackets, txErrors, txDropped, carrier = '0', collisions = '0'] = tx;
  return `${name}: ${rxBytes} ${rxPackets} ${rxErrors} ${rxDropped} ${overrun} 0 0 ${multicast} ${txBytes} ${txPackets} ${txErrors} ${txDropped} 0 ${collisions} ${carrier} 0`;
}

/** /proc/net/dev of the interfaces with counters; undefined without any. */
export function netDev(all: readonly Nic[]): string | undefined {
  const rows = all.flatMap(({ counters }) => counters ?? []);
  return rows.length === 0 ? undefined : [NET_DEV_HEAD, ...rows].join('\n');
}

const NET_DEV_HEAD = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed`;
