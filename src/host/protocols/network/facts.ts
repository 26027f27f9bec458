import { fields, json } from '../../../lib/json.ts';
import type { Pipe } from '../../transport.ts';
import type { Why } from '../../host.ts';
import { DaemonError, type DaemonConnection, type Dial, type Protocol } from '../protocol.ts';
import { RequestQueue } from '../request-queue.ts';

const MAX_BYTES = 4 * 1024 * 1024;

/** Driver counters that may mean loss: `driver-counters.ts` has the meaning of their names. */
const LOSS_NAMES =
  '(?i)drop|discard|err(?!upt)|miss|no_?buf|out_of_buf|no_dma|fail|timeout|crc|fcs|over(run|flow)|fifo|jabber';

/** Counters of a network namespace that are read. */
const NAMESPACE_COUNTERS = [
  'TCP inuse', 'TCP tw', 'Tcp CurrEstab', 'Tcp PassiveOpens', 'Tcp OutSegs', 'Tcp RetransSegs', 'Udp InDatagrams', 'Udp RcvbufErrors', 'Udp SndbufErrors',
  'Ip InReceives', 'Ip OutRequests', 'Ip OutDiscards', 'Ip OutNoRoutes', 'Ip ReasmFails', 'TcpExt ListenOverflows', 'TcpExt ListenDrops',
  'TcpExt SyncookiesSent', 'TcpExt TCPTimeouts', 'TcpExt TCPSynRetrans', 'TcpExt TCPRetransFail', 'TcpExt IPReversePathFilter',
] as const; // prettier-ignore

/** Files of dpkg, rpm and update-notifier of which the time of change is read, and locks of apt and dpkg. */
const PACKAGE_FILES = [
  '/var/lib/dpkg/status',
  '/var/lib/rpm/rpmdb.sqlite',
  '/var/lib/rpm/Packages',
  '/run/reboot-required',
];
const PACKAGE_LOCKS = [
  '/var/lib/dpkg/lock-frontend',
  '/var/lib/dpkg/lock',
  '/var/lib/apt/lists/lock',
  '/var/cache/apt/archives/lock',
];

interface FactsKind {
  readonly what: string;
  /** Fixed arguments. */
  readonly asked: object;
  /** Form of the word after the kind in a request, where it has one. */
  readonly argument?: RegExp;
}

/** Kinds of facts. */
const KINDS: Readonly<Record<string, FactsKind>> = {
  drivers: { what: 'driver, rings and loss counters of network cards (ethtool ioctl)', asked: { match: LOSS_NAMES } },
  namespaces: {
    what: 'protocol counters of other network namespaces (/proc/PID/net of a process in each)',
    asked: { names: NAMESPACE_COUNTERS },
  },
  mapped: {
    what: 'state of mapped devices: thin pools, snapshots, caches, RAID, paths (device-mapper ioctl)',
    asked: {},
  },
  connections: {
    what: 'TCP connections added up by peer, ports in use by destination, UDP sockets that dropped (sock_diag, /proc/net/udp)',
    asked: {},
  },
  flows: {
    what: 'TCP connections of one peer with RTT, retransmits and window (sock_diag with tcp_info, filtered by the kernel)',
    asked: {},
    argument: /^[\da-fA-F:.]{2,45} \d{1,5} (?:to|from)$/,
  },
  clock: { what: 'the clock, adjtimex without a change, tracking of chronyd (UDP 127.0.0.1:323)', asked: {} },
  packages: {
    what: 'times of change of the package database, processes that hold its locks (stat, /proc/locks)',
    asked: { files: PACKAGE_FILES, locks: PACKAGE_LOCKS },
  },
  nvme: { what: 'health logs of NVMe controllers (admin command Get Log Page 02h, as nvme smart-log)', asked: {} },
  crashes: {
    what: 'crash dumps of the last week: names, sizes and times in /var/crash, /var/lib/systemd/coredump, /sys/fs/pstore and the folder of core_pattern, attributes of systemd-coredump, fields of reports of apport, first notes of cores, the line of the panic of kdump, packages of their programs; whether drgn or crash could ask the running kernel',
    asked: {},
  },
  objects: {
    what: 'build-ids of the programs and libraries of one process (headers of the ELF files in /proc/PID/maps), their packages, distributions of Python, and whether files with their symbols are below /usr/lib/debug',
    asked: {},
    argument: /^[1-9]\d{0,9}$/,
  },
};
const WHYS: readonly Why[] = ['absent', 'denied', 'timeout', 'failed'];

/**
 * Facts of the kernel that no file has, read by the collector with system calls. A reply is JSON; that of the clock has the time of this
 * program before the request and after the reply, ms since 1970, as `sentMs` and `gotMs`.
 */
export const facts: Protocol = {
  name: 'facts',
  what: 'the kernel for connections, driver counters, network namespaces, mapped devices, the clock and the files of the package manager (system calls)',
  allowed: Object.entries(KINDS).map(([kind, { what }]) => `facts:${kind}: ${what}`),
  refusal: (to, request) => {
    const { name, kind, argument } = requestOf(request);
    const fits = kind !== undefined && (kind.argument?.test(argument ?? '') ?? argument === undefined);
    return fits && to === `facts:${name}` ? undefined : `${to} < ${request}: no facts`;
  },
  connect: (dial) => new FactsConnection(dial),
};

/** `objects 4242`: kind and its argument. */
function requestOf(request: string) {
  const [name = '', ...rest] = request.split(' ');
  return {
    name,
    kind: Object.hasOwn(KINDS, name) ? KINDS[name] : undefined,
    argument: rest.length === 0 ? undefined : rest.join(' '),
  };
}

interface PendingFacts {
  text: string;
  readonly resolve: (line: string) => void;
  readonly reject: (error: DaemonError) => void;
}

class FactsConnection implements DaemonConnection {
  readonly #dial: Dial;
  readonly #queue = new RequestQueue();
  #pipe: Pipe | undefined;
  #pending: PendingFacts | undefined;

  constructor(dial: Dial) {
    this.#dial = dial;
  }

  request(request: string, timeoutMs: number): Promise<string> {
    return this.#queue.run(request, timeoutMs, async () => {
      const { stdin } = (this.#pipe ??= await this.#open());
      const sentMs = Date.now();
      const line = await new Promise<string>((resolve, reject) => {
        this.#pending = { text: '', resolve, reject };
        const { kind, argument } = requestOf(request);
        stdin.write(`${JSON.stringify({ ...kind?.asked, ...(argument !== undefined && { argument }) })}\n`);
      });
      const reply = fields(json(line));
      const why = WHYS.find((one) => one === reply['why']);
      if (why !== undefined) throw new DaemonError(why, String(reply['detail']));
      return request === 'clock' ? JSON.stringify({ ...reply, sentMs, gotMs: Date.now() }) : line;
    });
  }

  close(): void {
    this.#pipe?.kill();
    this.#lose();
  }

  async #open(): Promise<Pipe> {
    const pipe = await this.#dial();
    pipe.stdout.on('data', (part: Buffer) => this.#take(part));
    void this.#loseAfter(pipe);
    return pipe;
  }

  /** Adds a part of the reply, which is one line. */
  #take(part: Buffer): void {
    const pending = this.#pending;
    if (!pending) return;
    pending.text += part.toString('utf8');
    if (pending.text.length > MAX_BYTES) {
      this.close();
      return;
    }
    if (!pending.text.endsWith('\n')) return;
    this.#pending = undefined;
    pending.resolve(pending.text.trimEnd());
  }

  async #loseAfter(pipe: Pipe): Promise<void> {
    await pipe.exited;
    if (this.#pipe === pipe) this.#lose();
  }

  #lose(): void {
    this.#pipe = undefined;
    this.#pending?.reject(new DaemonError('failed', 'facts: closed'));
    this.#pending = undefined;
  }
}
