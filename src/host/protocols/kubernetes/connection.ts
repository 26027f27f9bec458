import { fields, flagOf, items, json, numberOf, textOf } from '../../../lib/json.ts';
import type { Why } from '../../host.ts';
import type { Pipe } from '../../transport.ts';
import { TalkError, type DaemonConnection, type Dial } from '../protocol.ts';
import { KubernetesTable } from './table.ts';
import { KubernetesTail } from './tail.ts';
import { OnDemand } from '../lazy-session.ts';
import { Turns } from '../request-queue.ts';

export interface KubernetesPatience {
  /** Python and the search for a kubeconfig. */
  readonly startMs: number;
  /** A first list that takes longer is shown as far as it is. */
  readonly firstMs: number;
  /** A table that nobody asked for so long is no longer watched. */
  readonly unaskedMs: number;
  /** The same of a log: its page asks every second. */
  readonly unlookedMs: number;
  readonly retryMs: number;
  /** Where there is no Kubernetes: when to look again. */
  readonly absentMs: number;
}

const PATIENCE: KubernetesPatience = {
  startMs: 20_000,
  firstMs: 1500,
  unaskedMs: 90_000,
  unlookedMs: 5000,
  retryMs: 10_000,
  absentMs: 300_000,
};

interface Question {
  readonly resolve: (text: string) => void;
  readonly reject: (error: TalkError) => void;
}

interface Session {
  readonly pipe: Pipe;
  /** As this host is called, and the kubeconfig that is used: another when the first is refused. */
  place: Readonly<Record<string, unknown>>;
  readonly questions: Map<number, Question>;
  readonly tables: Map<string, KubernetesTable>;
  readonly tails: Map<string, KubernetesTail>;
}

/** What a container wrote before it was started again does not grow. */
const isFollowed = (request: string): boolean => request.startsWith('log ') && !request.endsWith('/previous');

/** One session on the host; tables that it keeps are answered from here, so asking again costs the host nothing. */
export class KubernetesConnection implements DaemonConnection {
  readonly #dial: Dial;
  readonly #watched: readonly string[];
  readonly #patience: KubernetesPatience;
  readonly #turns = new Map<string, Turns>();
  readonly #session: OnDemand<Session>;
  #pipe: Pipe | undefined;
  #nextId = 1;
  #closed = false;

  constructor(dial: Dial, watched: readonly string[], patience: Partial<KubernetesPatience> = {}) {
    this.#dial = dial;
    this.#watched = watched;
    this.#patience = { ...PATIENCE, ...patience };
    const { absentMs, retryMs } = this.#patience;
    this.#session = new OnDemand(
      (lost) => this.#start(lost),
      ({ why }) => (why === 'absent' ? absentMs : retryMs),
    );
  }

  async ask(request: string, timeoutMs: number): Promise<string> {
    if (this.#watched.includes(request)) return this.#table(request, timeoutMs);
    if (isFollowed(request)) return this.#tail(request, timeoutMs);
    let turn = this.#turns.get(request);
    if (!turn) this.#turns.set(request, (turn = new Turns()));
    return turn.take(request, timeoutMs, () => this.#send(request)).finally(() => this.#turns.delete(request));
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
    table.askedMs = performance.now();
    this.#forget(session);
    await table.ready(Math.min(this.#patience.firstMs, timeoutMs));
    return table.text(request);
  }

  async #tail(request: string, timeoutMs: number): Promise<string> {
    const { pipe, tails } = await this.#session.get();
    let tail = tails.get(request);
    if (!tail) {
      const made = new KubernetesTail(this.#patience.unlookedMs, () => {
        tails.delete(request);
        pipe.stdin.write(`${JSON.stringify({ drop: request })}\n`);
      });
      tails.set(request, (tail = made));
      pipe.stdin.write(`${JSON.stringify({ follow: request })}\n`);
    }
    return tail.text(request, timeoutMs);
  }

  #forget({ pipe, tables }: Session): void {
    for (const [topic, { askedMs }] of tables) {
      if (performance.now() - askedMs < this.#patience.unaskedMs) continue;
      tables.delete(topic);
      pipe.stdin.write(`${JSON.stringify({ drop: topic })}\n`);
    }
  }

  async #send(request: string): Promise<string> {
    const { pipe, questions } = await this.#session.get();
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    questions.set(id, { resolve, reject });
    pipe.stdin.write(`${JSON.stringify({ id, ask: request })}\n`);
    return promise;
  }

  async #start(lost: () => void): Promise<Session> {
    if (this.#closed) throw new TalkError('failed', 'closed');
    await this.#pipe?.exited;
    const pipe = await this.#dial();
    this.#pipe = pipe;
    return began(pipe, this.#patience.startMs, lost);
  }
}

const MAX_LINE = 64 * 1024 * 1024;

/** Resolves when the program has found its kubeconfig, and then hands each line to whom it is for until it ends. */
function began(pipe: Pipe, startMs: number, onEnd: () => void): Promise<Session> {
  const questions = new Map<number, Question>();
  const tables = new Map<string, KubernetesTable>();
  const tails = new Map<string, KubernetesTail>();
  const session: Session = { pipe, questions, tables, tails, place: {} };
  return new Promise((resolve, reject) => {
    let rest: Buffer[] = [];
    let length = 0;
    let stderr = '';
    const end = (why: Why, detail: string) => {
      clearTimeout(timer);
      pipe.kill();
      const error = new TalkError(why, detail);
      reject(error);
      for (const question of questions.values()) question.reject(error);
      questions.clear();
      for (const table of tables.values()) table.end(error);
      for (const tail of tails.values()) tail.end(error);
      onEnd();
    };
    const timer = setTimeout(
      () => end('timeout', `the reader on the host did not begin in ${startMs / 1000} s`),
      startMs,
    );
    const take = (line: string) => {
      const [sign, topic, uid] = line.split('\t', 3);
      if (sign === '+' || sign === '-') {
        const row = line.slice(sign.length + (topic?.length ?? 0) + (uid?.length ?? 0) + 3);
        return tables.get(topic ?? '')?.row(uid ?? '', sign === '+' ? row : undefined);
      }
      const said = fields(json(line));
      const why = whyOf(said['why'] ?? said['fail']);
      const words = textOf(said['said']) ?? 'without a reason';
      if (said['fail'] !== undefined) return end(why, words);
      if (said['ready'] === 1) {
        clearTimeout(timer);
        const { node, place, config } = said;
        session.place = { node, place, config };
        return resolve(session);
      }
      if (said['moved'] === 1) {
        const { place, config } = said;
        session.place = { ...session.place, place, config };
        for (const table of tables.values()) table.moved(session.place);
        return;
      }
      const written = textOf(said['tail']);
      if (written !== undefined) {
        const all = items(said['lines']).map((line) => textOf(line) ?? '');
        return tails.get(written)?.written(all, { anew: flagOf(said['anew']) ?? false, note: textOf(said['note']) });
      }
      const topicSaid = textOf(said['t']);
      if (topicSaid !== undefined && tails.has(topicSaid)) return tails.get(topicSaid)?.lost(why, words);
      if (topicSaid !== undefined) {
        return tables.get(topicSaid)?.state({
          state: textOf(said['state']) ?? 'lost',
          atEpochSeconds: numberOf(said['at']),
          said: textOf(said['said']),
          why,
          cut: flagOf(said['cut']) ?? false,
        });
      }
      const id = numberOf(said['id']) ?? -1;
      const question = questions.get(id);
      questions.delete(id);
      if (said['why'] !== undefined) question?.reject(new TalkError(why, words));
      else question?.resolve(typeof said['body'] === 'string' ? said['body'] : JSON.stringify(said['body']));
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
      if (length > MAX_LINE) end('failed', 'the kubectl session sent a line without an end');
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
