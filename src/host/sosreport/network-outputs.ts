import { lines, toCount, words } from '../../lib/lines.ts';
import { mappedReply } from './block-outputs.ts';
import type { ReportCommands } from './commands.ts';
import type { Report } from './report.ts';

type Reply = (commands: ReportCommands) => Promise<readonly object[] | undefined>;

/** Dump of the kernel's netlink, from the output of ip(8), tc(8) and ss(8). */
export async function netlinkReply(request: string, { commands }: Report): Promise<string | undefined> {
  const objects = Object.hasOwn(REPLIES, request) ? await REPLIES[request]?.(commands) : undefined;
  return objects && JSON.stringify({ all: objects.length, objects });
}

const REPLIES: Readonly<Record<string, Reply>> = {
  links: async (commands) => {
    const text = await linksText(commands);
    return text === undefined ? undefined : [...linksOf(text)];
  },
  addresses: async (commands) => {
    const text = await commands.named('ip_-o_addr');
    return text === undefined ? undefined : [...addressesOf(text)];
  },
  neighbours: async (commands) =>
    byLink(commands, (await commands.named('ip_-s_-s_neigh_show')) ?? (await commands.output('ip neigh show')), neighbourOf), // prettier-ignore
  routes: async (commands) => {
    const four = (await commands.output('ip route show table all')) ?? (await commands.output('ip route'));
    const six = await commands.output('ip -6 route show table all');
    const all = await Promise.all([byLink(commands, four, routeOf(4)), byLink(commands, six, routeOf(6))]);
    return all.every((part) => part === undefined) ? undefined : all.flatMap((part) => part ?? []);
  },
  rules: async (commands) => {
    const four = (await commands.output('ip -4 rule list')) ?? (await commands.output('ip rule show'));
    const six = await commands.output('ip -6 rule list');
    if (four === undefined && six === undefined) return undefined;
    return [...rulesOf(four ?? '', 4), ...rulesOf(six ?? '', 6)];
  },
  qdiscs: async (commands) => {
    const text = await commands.output('tc -s qdisc show');
    const indexes = await indexesOf(commands);
    return text === undefined ? undefined : [...qdiscsOf(text, indexes)];
  },
  listeners: async (commands) => {
    const text = (await commands.output('ss -peaonmi')) ?? (await commands.named('ss_-neopa'));
    return text === undefined ? undefined : lines(text).flatMap((line) => listenerOf(line) ?? []);
  },
  unixListeners: async (commands) => {
    const text = await commands.output('ss -peaonmi');
    return text === undefined ? undefined : lines(text).flatMap((line) => unixListenerOf(line) ?? []);
  },
};

/** `u_str LISTEN 0 4096 /run/docker.sock 21435 * 0 users:(("dockerd",pid=968,fd=4)) ino:…`. */
function unixListenerOf(line: string): object | undefined {
  const [, waiting, backlog, name, inode] =
    /^u_\S+\s+LISTEN\s+(\d+)\s+(\d+)\s+(\S.*?)\s+(\d+)\s+\*\s+0\b/.exec(line) ?? [];
  if (inode === undefined) return undefined;
  return {
    ...(name === '*' ? {} : { name }),
    inode: Number(inode),
    waiting: Number(waiting),
    backlog: Number(backlog),
  };
}

const linksText = (commands: ReportCommands): Promise<string | undefined> =>
  commands.named('ip_-s_-d_link').then((text) => text ?? commands.named('ip_-d_address'));

async function indexesOf(commands: ReportCommands): Promise<ReadonlyMap<string, number>> {
  const heads = ((await linksText(commands)) ?? '').matchAll(/^(\d+): ([^:@\s]+)/gm);
  return new Map([...heads].map(([, index, name = '']) => [name, Number(index)]));
}

type Indexes = ReadonlyMap<string, number>;

/** Objects of lines that name their link: `… dev eth0 …`. */
async function byLink(
  commands: ReportCommands,
  text: string | undefined,
  objectOf: (line: string, indexes: Indexes) => object | undefined,
): Promise<readonly object[] | undefined> {
  if (text === undefined) return undefined;
  const indexes = await indexesOf(commands);
  return lines(text).flatMap((line) => objectOf(line, indexes) ?? []);
}

const KINDS = /^ {4}(vlan|vxlan|geneve|bridge|bond|veth|tun|dummy|ipip|gre|macvlan|macvtap|openvswitch)\b(.*)$/m;
const IFF_UP = 1;

/**
 * ip-link(8), `ip -s -d link`:
 *
 *     2: bond0.7@bond0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP mode DEFAULT …
 *         link/ether 52:54:00:e2:28:a3 brd …
 *         vlan protocol 802.1Q id 7 <REORDER_HDR> …
 *         RX: bytes  packets  errors  dropped overrun mcast
 *         23781208158 25929812 0       0       0       0
 */
function* linksOf(text: string): Iterable<object> {
  const indexes = new Map(
    [...text.matchAll(/^(\d+): ([^:@\s]+)/gm)].map(([, index, name = '']) => [name, Number(index)]),
  );
  for (const part of text.split(/^(?=\d+: )/m)) {
    const [, index, name, lower, flags = ''] = /^(\d+): ([^:@\s]+)(?:@([^:\s]+))?: <([^>]*)>/.exec(part) ?? [];
    if (index === undefined) continue;
    const [head = ''] = part.split('\n', 1);
    const after = (word: string) => new RegExp(String.raw` ${word} (\S+)`).exec(head)?.[1];
    const [, kind, data = ''] = KINDS.exec(part) ?? [];
    const of = (word: string) => new RegExp(String.raw` ${word} (\S+)`).exec(data)?.[1];
    const row = (way: string) => new RegExp(String.raw`^ +${way}: .*\n([\d ]+)$`, 'm').exec(part)?.[1]?.trim().split(/ +/) ?? []; // prettier-ignore
    const [rx, tx] = [row('RX'), row('TX')];
    const over = of('dev');
    yield {
      index: Number(index),
      name,
      flags: flags.split(',').includes('UP') ? IFF_UP : 0,
      mtu: toCount(after('mtu')),
      operState: after('state')?.toLowerCase(),
      qdisc: after('qdisc'),
      master: indexes.get(after('master') ?? ''),
      // `eth0@if27`: in another namespace.
      lower: indexes.get(lower ?? ''),
      address: /^\s+link\/\S+ ([\da-f:]+)/m.exec(part)?.[1],
      kind,
      id: toCount(of('id') ?? (kind === 'vlan' ? /\bid (\d+)/.exec(data)?.[1] : undefined)),
      remote: of('remote'),
      over: over === undefined ? undefined : indexes.get(over),
      mode: of('mode'),
      partner: of('ad_partner_mac'),
      txQueues: toCount(/ numtxqueues (\d+)/.exec(part)?.[1]),
      rxQueues: toCount(/ numrxqueues (\d+)/.exec(part)?.[1]),
      stats: {
        rxBytes: toCount(rx[0]), rxPackets: toCount(rx[1]), rxErrors: toCount(rx[2]), rxDropped: toCount(rx[3]),
        txBytes: toCount(tx[0]), txPackets: toCount(tx[1]), txErrors: toCount(tx[2]), txDropped: toCount(tx[3]),
      },
    }; // prettier-ignore
  }
}

/** `3: ens4    inet6 fe80::1/64 scope link dadfailed tentative \       valid_lft …`. */
function* addressesOf(text: string): Iterable<object> {
  for (const line of lines(text)) {
    const [, index, address, prefix, rest = ''] = /^(\d+): \S+\s+inet6? ([\da-f.:]+)(?: peer \S+)?(?:\/(\d+))?(.*)$/.exec(line) ?? []; // prettier-ignore
    if (index === undefined) continue;
    const states = ['dadfailed', 'tentative', 'deprecated'].filter((state) => words(rest).includes(state));
    yield { index: Number(index), address, prefix: toCount(prefix) ?? 32, states };
  }
}

/** `10.0.0.131 dev eth0 lladdr 00:16:3e:3a:20:be ref 1 used 82/10/77 probes 1 REACHABLE`. */
function neighbourOf(line: string, indexes: Indexes): object | undefined {
  const [address, , link = ''] = words(line);
  const index = indexes.get(link);
  const state = /\b(INCOMPLETE|REACHABLE|STALE|DELAY|PROBE|FAILED|PERMANENT|NONE)\b/.exec(line)?.[1];
  if (index === undefined || state === undefined) return undefined;
  const updated = state === 'FAILED' ? / used \d+\/\d+\/(\d+)/.exec(line)?.[1] : undefined;
  return { index, address, mac: / lladdr (\S+)/.exec(line)?.[1], state, failedSeconds: toCount(updated) };
}

const TABLES: Readonly<Record<string, number>> = { main: 254, default: 253 };

/** `default via 10.0.0.2 dev eth0 proto static metric 100`; the local table is left out. */
const routeOf =
  (family: number) =>
  (line: string, indexes: Indexes): object | undefined => {
    const after = (word: string) => new RegExp(String.raw` ${word} (\S+)`).exec(line)?.[1];
    const table = after('table') ?? 'main';
    const type = /^(local|broadcast|anycast|multicast|blackhole|unreachable|prohibit) /.exec(line)?.[1];
    if (table === 'local' || line === '' || line.startsWith(' ')) return undefined;
    return {
      family,
      table: TABLES[table] ?? toCount(table) ?? 0,
      destination: words(line)[type === undefined ? 0 : 1],
      type: type ?? 'unicast',
      gateway: after('via'),
      index: indexes.get(after('dev') ?? ''),
      metric: toCount(after('metric')),
      linkDown: / linkdown\b/.test(line),
    };
  };

const TABLES_OF_RULES: Readonly<Record<string, number>> = { ...TABLES, local: 255 };

/** `1000:\tfrom 10.9.0.2 lookup 100 proto static`; who set a rule is left out. */
function* rulesOf(text: string, family: number): Iterable<object> {
  for (const line of lines(text)) {
    const [, priority, selector, action] =
      /^(\d+):\s+((?:not )?from \S+.*?) ((?:lookup|goto) \S.*?|blackhole|unreachable|prohibit|nop)(?: proto \S+)?$/.exec(
        line.trimEnd(),
      ) ?? [];
    if (action === undefined) continue;
    const table = /^lookup (\S+)/.exec(action)?.[1] ?? '';
    yield { family, priority: Number(priority), selector, action, table: TABLES_OF_RULES[table] ?? toCount(table) };
  }
}

const ROOT = 0xff_ff_ff_ff;

/**
 * tc(8), `tc -s qdisc show`:
 *
 *     qdisc fq_codel 0: dev ens3 root refcnt 2 limit 10240p …
 *      Sent 12813259743 bytes 31001186 pkt (dropped 0, overlimits 0 requeues 0)
 *      backlog 0b 0p requeues 0
 */
function* qdiscsOf(text: string, indexes: Indexes): Iterable<object> {
  for (const part of text.split(/^(?=qdisc )/m)) {
    const [, kind, link = '', place] = /^qdisc (\S+) \S+ dev (\S+) (root|parent|ingress)?/.exec(part) ?? [];
    const index = indexes.get(link);
    if (kind === undefined || index === undefined) continue;
    const [, drops, overlimits, requeues] = /\(dropped (\d+), overlimits (\d+) requeues (\d+)\)/.exec(part) ?? [];
    const [, backlog, unit = '', queued] = /^ backlog (\d+)([KMG]?)b (\d+)p/m.exec(part) ?? [];
    const scale = { K: 1024, M: 1024 ** 2, G: 1024 ** 3 }[unit] ?? 1;
    yield {
      index,
      kind,
      parent: place === 'root' ? ROOT : 1,
      drops: toCount(drops),
      overlimits: toCount(overlimits),
      requeues: toCount(requeues),
      backlogBytes: backlog === undefined ? undefined : Number(backlog) * scale,
      queued: toCount(queued),
    };
  }
}

/** `tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=936,fd=3)) ino:31223 sk:1`. */
function listenerOf(line: string): object | undefined {
  const [, waiting, backlog, address = '', port] = /^tcp\s+LISTEN\s+(\d+)\s+(\d+)\s+(\S+):(\d+)\s/.exec(line) ?? [];
  if (waiting === undefined) return undefined;
  return {
    address: address.replace(/^\[|\]$|%.*$/g, '').replace(/^\*$/, '::'),
    port: Number(port),
    waiting: Number(waiting),
    backlog: Number(backlog),
    uid: toCount(/ uid:(\d+)/.exec(line)?.[1]),
    inode: toCount(/ ino:(\d+)/.exec(line)?.[1]),
  };
}

/** Facts of the kernel from ethtool(8), dmsetup(8), chronyc(1) and timedatectl(1). */
export async function factsReply(request: string, { commands }: Report): Promise<string | undefined> {
  if (request === 'drivers') return driversReply(commands);
  if (request === 'mapped') return mappedReply(commands);
  return request === 'clock' ? clockReply(commands) : undefined;
}

async function driversReply(commands: ReportCommands): Promise<string | undefined> {
  const cards: Record<string, object> = {};
  for (const [name, info] of await commands.outputs('ethtool_-i_')) {
    // A card has a place on a bus; a bridge and a tap have none.
    if (!/^bus-info: \S/m.test(info) || /^bus-info: tap/m.test(info)) continue;
    const rings = [...((await commands.named(`ethtool_-g_${name}`)) ?? '').matchAll(/^(?:RX|TX):\s+(\d+)$/gm)].map(([, n]) => Number(n)); // prettier-ignore
    const [rxMost, txMost, rx, tx] = rings;
    const counters = ((await commands.named(`ethtool_-S_${name}`)) ?? '').matchAll(/^ +(\S.*?): (\d+)$/gm);
    cards[name] = {
      driver: /^driver: (\S+)/m.exec(info)?.[1],
      ...(rings.length === 4 ? { rings: [rx, rxMost, tx, txMost] } : {}),
      counters: Object.fromEntries([...counters].map(([, counter = '', value]) => [counter, Number(value)])),
    };
  }
  const all = Object.keys(cards).length;
  return all === 0 ? undefined : JSON.stringify({ all, cards });
}

const UNSYNCHRONISED = 0x40;

async function clockReply(commands: ReportCommands): Promise<string | undefined> {
  const text = (await commands.output('timedatectl')) ?? '';
  const is = /(?:System clock|NTP) synchronized: (yes|no)/.exec(text)?.[1];
  return is === undefined ? undefined : JSON.stringify({ status: is === 'no' ? UNSYNCHRONISED : 0 });
}
