import { fields, flagOf, items, json, numberOf, textOf } from '../../../lib/json.ts';
import type { Why } from '../../host.ts';
import type { Pipe } from '../../transport.ts';
import { DaemonError, type DaemonConnection, type Dial } from '../protocol.ts';
import { KubernetesTable } from './table.ts';
import { KubernetesTail } from './tail.ts';
import { LazySession } from '../lazy-session.ts';
import { RequestQueue } from '../request-queue.ts';

export interface KubernetesTimeouts {
  /** Start of Python and search for a kubeconfig. */
  readonly startMs: number;
  /** Time after which an incomplete first list is returned. */
  readonly firstMs: number;
  /** Time without requests after which the watch of a table ends. */
  readonly tableIdleMs: number;
  /** The same of a log, whose page sends a request every second. */
  readonly logIdleMs: number;
  readonly retryMs: number;
  /** Time until a host without Kubernetes is checked again. */
  readonly absentMs: number;
}

const TIMEOUTS: KubernetesTimeouts = {
  startMs: 20_000,
  firstMs: 1500,
  tableIdleMs: 90_000,
  logIdleMs: 5000,
  retryMs: 10_000,
  absentMs: 300_000,
};

interface PendingRequest {
  readonly resolve: (text: string) => void;
  readonly reject: (error: DaemonError) => void;
}

interface Session {
  readonly pipe: Pipe;
  /** Node name and kubeconfig in use, which changes when credentials are refused. */
  place: Readonly<Record<string, unknown>>;
  readonly requests: Map<number, PendingRequest>;
  readonly tables: Map<string, KubernetesTable>;
  readonly tails: Map<string, KubernetesTail>;
}

/** Whether a log is followed: a previous log does not grow. */
const isFollowed = (request: string): boolean => request.startsWith('log ') && !request.endsWith('/previous');

/** KubernetesConnection is one session on the host; requests for its tables are served from here, at no cost to the host. */
export class KubernetesConnection implements DaemonConnection {
  readonly #dial: Dial;
  readonly #watched: readonly string[];
  readonly #timeouts: KubernetesTimeouts;
  readonly #queues = new Map<string, RequestQueue>();
  readonly #session: LazySession<Session>;
  #pipe: Pipe | undefined;
  #nextId = 1;
  #closed = false;

  constructor(dial: Dial, watched: readonly string[], timeouts: Partial<KubernetesTimeouts> = {}) {
    this.#dial = dial;
    this.#watched = watched;
    this.#timeouts = { ...TIMEOUTS, ...timeouts };
    const { absentMs, retryMs } = this.#timeouts;
    this.#session = new LazySession(
      (lost) => this.#start(lost),
      ({ why }) => (why === 'absent' ? absentMs : retryMs),
    );
  }

  async request(request: string, timeoutMs: number): Promise<string> {
    if (this.#watched.includes(request)) return this.#table(request, timeoutMs);
    if (isFollowed(request)) return this.#tail(request, timeoutMs);
    let queue = this.#queues.get(request);
    if (!queue) this.#queues.set(request, (queue = new RequestQueue()));
    return queue.run(request, timeoutMs, () => this.#send(request)).finally(() => this.#queues.delete(request));
  }

  close(): void {
    this.#closed = true;
    this.#pipe?.kill();
  }

  async #table(request: string, timeoutMs: number): Promise<string> {
    const session = await this.#session.get();
    let table = session.tables.get(request);
    if (!table) {
      session.tables.set(request, (table = new KubernetesTable(session.place)));
      session.pipe.stdin.write(`${JSON.stringify({ follow: request })}\n`);
    }
    table.requestedMs = performance.now();
    this.#forget(session);
    await table.ready(Math.min(this.#timeouts.firstMs, timeoutMs));
    return table.text(request);
  }

  async #tail(request: string, timeoutMs: number): Promise<string> {
    const { pipe, tails } = await this.#session.get();
    let tail = tails.get(request);
    if (!tail) {
      const made = new KubernetesTail(this.#timeouts.logIdleMs, () => {
        tails.delete(request);
        pipe.stdin.write(`${JSON.stringify({ drop: request })}\n`);
      });
      tails.set(request, (tail = made));
      pipe.stdin.write(`${JSON.stringify({ follow: request })}\n`);
    }
    return tail.text(request, timeoutMs);
  }

  #forget({ pipe, tables }: Session): void {
    for (const [topic, { requestedMs }] of tables) {
      if (performance.now() - requestedMs < this.#timeouts.tableIdleMs) continue;
      tables.delete(topic);
      pipe.stdin.write(`${JSON.stringify({ drop: topic })}\n`);
    }
  }

  async #send(request: string): Promise<string> {
    const { pipe, requests } = await this.#session.get();
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    requests.set(id, { resolve, reject });
    pipe.stdin.write(`${JSON.stringify({ id, ask: request })}\n`);
    return promise;
  }

  async #start(lost: () => void): Promise<Session> {
    if (this.#closed) throw new DaemonError('failed', 'closed');
    await this.#pipe?.exited;
    const pipe = await this.#dial();
    this.#pipe = pipe;
    return startSession(pipe, this.#timeouts.startMs, lost);
  }
}

const MAX_LINE = 64 * 1024 * 1024;

/** Resolves when the program has found a kubeconfig; then passes each line to its table, log or request until the end. */
function startSession(pipe: Pipe, startMs: number, onEnd: () => void): Promise<Session> {
  const requests = new Map<number, PendingRequest>();
  const tables = new Map<string, KubernetesTable>();
  const tails = new Map<string, KubernetesTail>();
  const session: Session = { pipe, requests, tables, tails, place: {} };
  return new Promise((resolve, reject) => {
    let rest: Buffer[] = [];
    let length = 0;
    let stderr = '';
    const end = (why: Why, detail: string) => {
      clearTimeout(timer);
      pipe.kill();
      const error = new DaemonError(why, detail);
      reject(error);
      for (const pending of requests.values()) pending.reject(error);
      requests.clear();
      for (const table of tables.values()) table.end(error);
      for (const tail of tails.values()) tail.end(error);
      onEnd();
    };
    const timer = setTimeout(() => end('timeout', `kubectl session did not start within ${startMs / 1000} s`), startMs);
    const take = (line: string) => {
      const [sign, topic, uid] = line.split('\t', 3);
      if (sign === '+' || sign === '-') {
        const row = line.slice(sign.length + (topic?.length ?? 0) + (uid?.length ?? 0) + 3);
        return tables.get(topic ?? '')?.row(uid ?? '', sign === '+' ? row : undefined);
      }
      const message = fields(json(line));
      const why = whyOf(message['why'] ?? message['fail']);
      const words = textOf(message['said']) ?? 'no error text';
      if (message['fail'] !== undefined) return end(why, words);
      if (message['ready'] === 1) {
        clearTimeout(timer);
        const { node, place, config } = message;
        session.place = { node, place, config };
        return resolve(session);
      }
      if (message['moved'] === 1) {
        const { place, config } = message;
        session.place = { ...session.place, place, config };
        for (const table of tables.values()) table.moved(session.place);
        return;
      }
      const log = textOf(message['tail']);
      if (log !== undefined) {
        const all = items(message['lines']).map((line) => textOf(line) ?? '');
        return tails
          .get(log)
          ?.written(all, { reset: flagOf(message['reset']) ?? false, note: textOf(message['note']) });
      }
      const ownTopic = textOf(message['t']);
      if (ownTopic !== undefined && tails.has(ownTopic)) return tails.get(ownTopic)?.lost(why, words);
      if (ownTopic !== undefined) {
        return tables.get(ownTopic)?.state({
          state: textOf(message['state']) ?? 'lost',
          atEpochSeconds: numberOf(message['at']),
          error: textOf(message['said']),
          why,
          cut: flagOf(message['cut']) ?? false,
        });
      }
      const id = numberOf(message['id']) ?? -1;
      const pending = requests.get(id);
      requests.delete(id);
      if (message['why'] !== undefined) pending?.reject(new DaemonError(why, words));
      else pending?.resolve(typeof message['body'] === 'string' ? message['body'] : JSON.stringify(message['body']));
    };
    pipe.stdout.on('data', (chunk: Buffer) => {
      let start = 0;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, start)) {
        rest.push(chunk.subarray(start, at));
        take(Buffer.concat(rest).toString('utf8'));
        rest = [];
        length = 0;
        start = at + 1;
      }
      length += chunk.length - start;
      if (start < chunk.length) rest.push(chunk.subarray(start));
      if (length > MAX_LINE) end('failed', 'kubectl session: line exceeds 64 MiB');
    });
    pipe.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-300);
    });
    pipe.stdin.on('error', () => undefined);
    void pipe.exited.then(() => end('failed', stderr.trim() || 'the kubectl session ended'));
  });
}

const WHYS: readonly Why[] = ['absent', 'denied', 'timeout'];
const whyOf = (value: unknown): Why => WHYS.find((why) => why === value) ?? 'failed';
