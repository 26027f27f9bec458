import { isListenerOf } from '../../../lib/listener-name.ts';
import { OneReplyConnection } from '../one-reply.ts';
import { DaemonError, type DaemonConnection, type Dial, type Protocol } from '../protocol.ts';

const REQUEST = 'server';
const PORT = 2181;
/** Time for which a word that is not on the whitelist is not sent again: the server logs each refusal. */
const REFUSED_MS = 600_000;
/** Longest wait for `mntr`, for which old servers walk all nodes, and the time until it is sent again where that was over. */
const LONGEST_MS = 1000;
const SLOW_MS = 60_000;
/** Figures of `mntr` that are kept, of some 600. */
const FIGURE =
  /^zk_((?:server_state|outstanding_requests|watch_count|ephemerals_count|approximate_data_size|(?:open|max)_file_descriptor_count|quorum_size|synced_followers|pending_syncs|connection_rejected|(?:cnt|sum|max)_fsynctime))\t(\S{1,60})$/;

/** ZooKeeper by its four-letter words. The reply is JSON: the text of `srvr`, and figures of `mntr` where that is on the whitelist. */
export const zookeeper: Protocol = {
  name: 'zookeeper',
  what: 'ZooKeeper for its mode, latency, connections and followers',
  allowed: [`${REQUEST}: srvr, mntr where 4lw.commands.whitelist has it`],
  refusal: (to, request) =>
    isListenerOf(to, 'listening', ['java'], PORT) && request === REQUEST ? undefined : `${to} < ${request}: not a request`, // prettier-ignore
  connect: (dial) => new ZookeeperConnection(dial),
};

const NOT_LISTED = /^(?:srvr|mntr) is not executed because/;
const isReply = (text: string): boolean =>
  /^(?:Zookeeper version: |zk_version\t|This ZooKeeper instance is not currently serving)/m.test(text) || NOT_LISTED.test(text); // prettier-ignore

class ZookeeperConnection implements DaemonConnection {
  readonly #srvr: OneReplyConnection;
  readonly #mntr: OneReplyConnection;
  #pausedUntilMs = 0;

  constructor(dial: Dial) {
    this.#srvr = new OneReplyConnection(dial, 'srvr', isReply);
    this.#mntr = new OneReplyConnection(dial, 'mntr', isReply);
  }

  async request(request: string, timeoutMs: number): Promise<string> {
    const startMs = performance.now();
    const srvr = await this.#srvr.request(request, timeoutMs);
    if (NOT_LISTED.test(srvr)) throw new DaemonError('denied', 'srvr is not in 4lw.commands.whitelist');
    const mntr = await this.#figures(timeoutMs - (performance.now() - startMs));
    return JSON.stringify({ srvr, ...(mntr !== undefined && { mntr: figuresOf(mntr) }) });
  }

  /** Reply to `mntr`; undefined while it is paused, and where it fails: the server has replied to `srvr`. */
  async #figures(leftMs: number): Promise<string | undefined> {
    const startMs = performance.now();
    if (startMs < this.#pausedUntilMs) return undefined;
    const mntr = await this.#mntr.request(REQUEST, Math.min(leftMs, LONGEST_MS)).catch(() => undefined);
    if (mntr === undefined) this.#pausedUntilMs = startMs + SLOW_MS;
    else if (NOT_LISTED.test(mntr)) this.#pausedUntilMs = startMs + REFUSED_MS;
    return mntr;
  }

  close(): void {
    this.#srvr.close();
    this.#mntr.close();
  }
}

const figuresOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const [, name, value] = FIGURE.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
