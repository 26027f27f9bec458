import { fields, json } from '../../../lib/json.ts';
import type { Pipe } from '../../transport.ts';
import { AsokReply } from './asok-reply.ts';
import { commandRefusal, describeCommands, prefixOf, type CephCommands } from './requests.ts';
import { TalkError, type DaemonConnection, type Dial, type Protocol } from '../protocol.ts';
import { Turns } from '../request-queue.ts';

/** Where the daemons of packages, cephadm, MicroCeph and Rook have their admin sockets on the host; a `*` stays in its part. */
const PLACES = [
  /^\/var\/run\/ceph\/(?:(?!\.\.?\/)[\w.*-]+\/)?[\w.*-]+\.asok$/,
  /^\/var\/snap\/microceph\/current\/run\/[\w.*-]+\.asok$/,
  /^\/var\/lib\/rook\/exporter\/[\w.*-]+\.asok$/,
];

/** https://docs.ceph.com/en/latest/man/8/ceph/#daemon; `help` of a daemon lists all, of which these only look. */
export const asokCommands: CephCommands = {
  version: {},
  status: {},
  mon_status: {},
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
 * then the daemon closes. One thread of the daemon serves them all (backlog 5), so there is one question at a time, and a
 * daemon that does not answer keeps that one connection: nothing more is sent before it has answered or hung up.
 */
export const asok: Protocol = {
  name: 'asok',
  what: 'Ceph daemons on their admin sockets',
  allowed: describeCommands(asokCommands),
  refusal: (to, request) =>
    PLACES.some((place) => place.test(to))
      ? commandRefusal(request, asokCommands)
      : `${to} is no place of Ceph's admin sockets`,
  converse: (dial) => new AsokConnection(dial),
};

/** A daemon that works answers in milliseconds. */
const SILENT_MS = 3000;

class AsokConnection implements DaemonConnection {
  readonly #dial: Dial;
  readonly #turns = new Turns();
  #pipe: Pipe | undefined;
  /** When the question was asked that is on its way. */
  #sinceMs: number | undefined;
  #closed = false;

  constructor(dial: Dial) {
    this.#dial = dial;
  }

  ask(request: string, timeoutMs: number): Promise<string> {
    const silentMs = this.#sinceMs === undefined ? 0 : performance.now() - this.#sinceMs;
    // Who is known to be silent costs nobody the time of waiting for it.
    if (silentMs > SILENT_MS)
      return Promise.reject(new TalkError('timeout', `no answer for ${(silentMs / 1000).toFixed(0)} s`));
    return this.#turns.take(prefixOf(request), timeoutMs, () => this.#exchange(request));
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
      if (this.#closed) throw new TalkError('failed', 'closed');
      return await exchange(pipe, request);
    } finally {
      pipe.kill();
      this.#pipe = undefined;
      this.#sinceMs = undefined;
    }
  }
}

/** Unless told, a daemon indents its answer: a histogram is then 138 kB instead of 18. */
const compact = (request: string): string => JSON.stringify({ format: 'json', ...fields(json(request)) });

function exchange(pipe: Pipe, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const reply = new AsokReply();
    const settle = (ended: boolean) => {
      const outcome = reply.outcome(ended);
      if (outcome === undefined) return;
      if (outcome.ok) resolve(outcome.text);
      else reject(new TalkError(outcome.why, outcome.detail));
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
