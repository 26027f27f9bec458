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

/** Kinds of facts, with the arguments of their request. */
const KINDS: Readonly<Record<string, { readonly what: string; readonly asked: object }>> = {
  drivers: { what: 'driver, rings and loss counters of network cards (ethtool ioctl)', asked: { match: LOSS_NAMES } },
  namespaces: {
    what: 'protocol counters of other network namespaces (/proc/PID/net of a process in each)',
    asked: { names: NAMESPACE_COUNTERS },
  },
  mapped: {
    what: 'state of mapped devices: thin pools, snapshots, caches, RAID, paths (device-mapper ioctl)',
    asked: {},
  },
  clock: { what: 'the clock, adjtimex without a change, tracking of chronyd (UDP 127.0.0.1:323)', asked: {} },
};
const WHYS: readonly Why[] = ['absent', 'denied', 'timeout', 'failed'];

/**
 * Facts of the kernel that no file has, read by the collector with system calls. A reply is JSON; that of the clock has the time of this
 * program before the request and after the reply, ms since 1970, as `sentMs` and `gotMs`.
 */
export const facts: Protocol = {
  name: 'facts',
  what: 'the kernel for driver counters, network namespaces, mapped devices and the clock (system calls)',
  allowed: Object.entries(KINDS).map(([kind, { what }]) => `facts:${kind}: ${what}`),
  refusal: (to, request) =>
    to === `facts:${request}` && Object.hasOwn(KINDS, request) ? undefined : `${to} < ${request}: no facts`,
  connect: (dial) => new FactsConnection(dial),
};

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
        stdin.write(`${JSON.stringify(KINDS[request]?.asked ?? {})}\n`);
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
