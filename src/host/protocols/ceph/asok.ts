import { fields, json } from '../../../lib/json.ts';
import type { Pipe } from '../../transport.ts';
import { AsokReply } from './asok-reply.ts';
import { commandRefusal, describeCommands, prefixOf, type CephCommands } from './requests.ts';
import { DaemonError, type DaemonConnection, type Dial, type Protocol } from '../protocol.ts';
import { RequestQueue } from '../request-queue.ts';

/** Paths of admin sockets of packages, cephadm, MicroCeph and Rook; a `*` stays in its path segment. */
const SOCKET_PATHS = [
  /^\/var\/run\/ceph\/(?:(?!\.\.?\/)[\w.*-]+\/)?[\w.*-]+\.asok$/,
  /^\/var\/snap\/microceph\/current\/run\/[\w.*-]+\.asok$/,
  /^\/var\/lib\/rook\/exporter\/[\w.*-]+\.asok$/,
];

/** Read-only commands of admin sockets, from `help` of the daemons. https://docs.ceph.com/en/latest/man/8/ceph/#daemon */
export const asokCommands: CephCommands = {
  version: {},
  status: {},
  mon_status: {},
  sessions: {},
  'perf dump': { logger: 'word', counter: 'word' },
  'perf histogram dump': { logger: 'word', counter: 'word' },
  dump_ops_in_flight: {},
  dump_blocked_ops: {},
  dump_historic_ops: {},
  dump_historic_ops_by_duration: {},
  dump_historic_slow_ops: {},
  dump_osd_network: { value: 'count' },
  'config get': { var: ['osd_memory_target', 'osd_op_complaint_time', 'osd_op_queue'] },
};

/**
 * Admin socket of a Ceph daemon: a request is JSON and a NUL, the reply a length (32 bits, big-endian) and that many bytes,
 * then the daemon closes. One thread of the daemon serves all connections (backlog 5), so there is one request at a time. An
 * unresponsive daemon keeps that connection: nothing more is sent before it has replied or closed it.
 */
export const asok: Protocol = {
  name: 'asok',
  what: 'Ceph daemons by their admin sockets',
  allowed: describeCommands(asokCommands),
  refusal: (to, request) =>
    SOCKET_PATHS.some((path) => path.test(to))
      ? commandRefusal(request, asokCommands)
      : `${to}: not a path of a Ceph admin socket`,
  connect: (dial) => new AsokConnection(dial),
};

/** Age of a request from which further ones fail at once; a healthy daemon replies in milliseconds. */
const UNRESPONSIVE_MS = 3000;

class AsokConnection implements DaemonConnection {
  readonly #dial: Dial;
  readonly #queue = new RequestQueue();
  #pipe: Pipe | undefined;
  /** Start of the request in progress. */
  #sinceMs: number | undefined;
  #closed = false;

  constructor(dial: Dial) {
    this.#dial = dial;
  }

  request(request: string, timeoutMs: number): Promise<string> {
    const pendingMs = this.#sinceMs === undefined ? 0 : performance.now() - this.#sinceMs;
    // A daemon known to be unresponsive costs callers no further wait.
    if (pendingMs > UNRESPONSIVE_MS)
      return Promise.reject(new DaemonError('timeout', `no reply for ${(pendingMs / 1000).toFixed(0)} s`));
    return this.#queue.run(prefixOf(request), timeoutMs, () => this.#exchange(request));
  }

  close(): void {
    this.#closed = true;
    this.#pipe?.kill();
  }

  async #exchange(request: string): Promise<string> {
    const pipe = await this.#dial();
    this.#pipe = pipe;
    this.#sinceMs = performance.now();
    try {
      if (this.#closed) throw new DaemonError('failed', 'closed');
      return await exchange(pipe, request);
    } finally {
      pipe.kill();
      this.#pipe = undefined;
      this.#sinceMs = undefined;
    }
  }
}

/** Request with `format: json`: by default a daemon indents its reply, a histogram is then 138 kB, not 18. */
const compact = (request: string): string => JSON.stringify({ format: 'json', ...fields(json(request)) });

function exchange(pipe: Pipe, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const reply = new AsokReply();
    const settle = (ended: boolean) => {
      const outcome = reply.outcome(ended);
      if (outcome === undefined) return;
      if (outcome.ok) resolve(outcome.text);
      else reject(new DaemonError(outcome.why, outcome.detail));
    };
    pipe.stdout.on('data', (chunk: Buffer) => {
      reply.push(chunk);
      settle(false);
    });
    for (const event of ['end', 'close', 'error'] as const) pipe.stdout.on(event, () => settle(true));
    pipe.stdin.on('error', () => undefined);
    pipe.stdout.resume();
    pipe.stdin.write(`${compact(request)}\0`);
  });
}
