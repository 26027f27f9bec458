import type { Pipe } from '../../transport.ts';
import type { Why } from '../../host.ts';
import { DaemonError, type DaemonConnection, type Dial, type Protocol } from '../protocol.ts';
import { RequestQueue } from '../request-queue.ts';
import { netlinkDumps, type NetlinkDump } from './netlink-dumps.ts';
import { DumpReader, dumpRequest, objectRequest } from './netlink-messages.ts';
import { delaysOf, familyOf, familyRequest, taskstatsRequest } from './taskstats.ts';

/** Limit of one dump: 4 000 links are 6 MiB, 100 000 neighbours 7 MiB. */
const MAX_BYTES = 16 * 1024 * 1024;
/** Objects of one reply; the rest is counted. */
const MOST_OBJECTS = 5000;

/** NETLINK_GENERIC. */
const GENERIC = 'netlink:16';
const TASKSTATS = /^taskstats ([1-9]\d{0,9})$/;
const NO_ENTRY = 2;
const NO_PROCESS = 3;
/** Without its module sock_diag has no entry for a family, whose sockets may be there. */
const NO_MODULE = 'no module for sockets of this family (inet_diag, unix_diag)';
const SOCKETS = 'netlink:4';

const WHY: Readonly<Record<number, Why>> = {
  1: 'denied',
  13: 'denied',
  2: 'absent',
  3: 'absent',
  93: 'absent',
  95: 'absent',
};

const placeOf = ({ protocol }: NetlinkDump): string => `netlink:${protocol}`;

/**
 * Netlink of the kernel: links with all their counters, addresses, routes, rules, neighbours, queueing disciplines, listening sockets as dumps,
 * which need no rights, and the delays of one process (taskstats), which need root. A reply is JSON: `{"all": 3, "objects": […]}`, with the
 * first 5 000 objects; of taskstats as in `delaysOf`.
 */
export const netlink: Protocol = {
  name: 'netlink',
  what: 'the kernel for links, addresses, routes, rules, neighbours, queues, listeners and delays of a process (netlink)',
  allowed: [
    ...Object.entries(netlinkDumps).map(([request, dump]) => `${request}: dump, ${placeOf(dump)}`),
    `taskstats <pid>: get, ${GENERIC}`,
  ],
  refusal: (to, request) => {
    if (to === GENERIC && TASKSTATS.test(request)) return undefined;
    const dump = Object.hasOwn(netlinkDumps, request) ? netlinkDumps[request] : undefined;
    return dump && placeOf(dump) === to ? undefined : `${to} < ${request}: not a dump`;
  },
  connect: (dial) => new NetlinkConnection(dial),
};

/** Dump that is awaited. */
interface PendingDump {
  readonly reader: DumpReader;
  readonly settle: (error?: DaemonError) => void;
}

class NetlinkConnection implements DaemonConnection {
  readonly #dial: Dial;
  readonly #queue = new RequestQueue();
  #pipe: Pipe | undefined;
  #pending: PendingDump | undefined;
  #sequence = 0;
  /** Number of the family TASKSTATS. */
  #family: number | undefined;

  constructor(dial: Dial) {
    this.#dial = dial;
  }

  request(request: string, timeoutMs: number): Promise<string> {
    const [, pid] = TASKSTATS.exec(request) ?? [];
    if (pid !== undefined) return this.#queue.run(request, timeoutMs, () => this.#delays(Number(pid)));
    const dump = netlinkDumps[request];
    if (!dump) return Promise.reject(new DaemonError('failed', `${request}: not a dump`));
    return this.#queue.run(request, timeoutMs, async () => {
      const objects: object[] = [];
      let all = 0;
      const noModule = placeOf(dump) === SOCKETS ? NO_MODULE : undefined;
      for (const body of dump.bodies)
        for (const payload of await this.#ask((sequence) => dumpRequest(dump.type, sequence, body), noModule)) {
          const object = dump.object(payload);
          if (object === undefined) continue;
          if (dump.counts?.(payload) !== false) all++;
          if (objects.length < MOST_OBJECTS) objects.push(object);
        }
      return JSON.stringify({ all, objects });
    });
  }

  close(): void {
    this.#pipe?.kill();
    this.#lose();
  }

  async #delays(pid: number): Promise<string> {
    const get = async ({ type, body }: typeof familyRequest) =>
      (await this.#ask((sequence) => objectRequest(type, sequence, body)))[0];
    this.#family ??= familyOf(await get(familyRequest));
    if (this.#family === undefined) throw new DaemonError('absent', 'taskstats: not in this kernel');
    const delays = delaysOf(await get(taskstatsRequest(this.#family, pid)));
    if (typeof delays === 'string') throw new DaemonError('failed', delays);
    return JSON.stringify(delays);
  }

  async #ask(request: (sequence: number) => Buffer, noModule?: string): Promise<readonly Buffer[]> {
    const { stdin } = (this.#pipe ??= await this.#open());
    const reader = new DumpReader(++this.#sequence, MAX_BYTES);
    await new Promise<void>((resolve, reject) => {
      this.#pending = { reader, settle: (error) => (error ? reject(error) : resolve()) };
      stdin.write(request(this.#sequence));
    });
    const errno = reader.end?.errno ?? 0;
    if (errno === NO_ENTRY && noModule !== undefined) throw new DaemonError('failed', noModule);
    if (errno === NO_PROCESS) throw new DaemonError('absent', 'no such process');
    if (errno !== 0) throw new DaemonError(WHY[errno] ?? 'failed', `netlink: errno ${errno}`);
    return reader.payloads;
  }

  async #open(): Promise<Pipe> {
    const pipe = await this.#dial();
    pipe.stdout.on('data', (part: Buffer) => this.#take(part));
    void this.#loseAfter(pipe);
    return pipe;
  }

  #take(part: Buffer): void {
    const pending = this.#pending;
    if (!pending) return;
    try {
      pending.reader.push(part);
    } catch (error) {
      pending.settle(new DaemonError('failed', `netlink: ${error instanceof Error ? error.message : String(error)}`));
      this.close();
      return;
    }
    if (!pending.reader.end) return;
    this.#pending = undefined;
    pending.settle();
  }

  async #loseAfter(pipe: Pipe): Promise<void> {
    await pipe.exited;
    if (this.#pipe === pipe) this.#lose();
  }

  #lose(): void {
    this.#pipe = undefined;
    this.#pending?.settle(new DaemonError('failed', 'netlink: closed'));
    this.#pending = undefined;
  }
}
