import type { DaemonConnection, Dial } from '../protocol.ts';
import { DaemonError } from '../protocol.ts';
import { EventFollower } from './event-follower.ts';
import { exchangeOver, type Exchange } from './exchange.ts';
import { parseRequest, type HttpRequest } from './request.ts';
import { cleaned, withoutSecrets } from './secrets.ts';
import { streamOver } from './stream.ts';

/**
 * Requests that may stay unanswered after their timeout. One may hang alone (a locked container) while the daemon answers
 * others; with the second the daemon counts as frozen, and nothing more is sent.
 */
const MAX_OVERDUE = 2;
/** Time after which an overdue reply is abandoned. */
const OVERDUE_MS = 60_000;
/** Time without a request after which a stream is closed. */
const IDLE_MS = 120_000;
/** Items of one list that are read. */
const MAX_EACH = 64;
const NAME = /^[A-Za-z0-9_][\w.-]{0,254}$/;
const EMPTY_MESSAGE = '{}';

interface FollowedStream {
  readonly follower: EventFollower;
  requestedMs: number;
}

/** Requests to one HTTP server: a connection for each, one at a time. */
export class HttpConnection implements DaemonConnection {
  readonly #dial: Dial;
  readonly #overdue = new Map<string, { readonly exchange: Exchange; readonly sinceMs: number }>();
  readonly #followed = new Map<string, FollowedStream>();
  #turn: Promise<void> = Promise.resolve();
  #current: Exchange | undefined;
  #closed = false;

  constructor(dial: Dial) {
    this.#dial = dial;
  }

  async request(request: string, timeoutMs: number): Promise<string> {
    const parsed = parseRequest(request);
    if (!parsed) throw new DaemonError('failed', `${request}: not a request`);
    if (parsed.verb === 'EVENTS' || parsed.verb === 'EVENTS-WS') return this.#follow(parsed, timeoutMs);
    const untilMs = performance.now() + timeoutMs;
    if (parsed.verb === 'EACH') return this.#each(parsed, untilMs);
    return this.#reply(parsed.path, untilMs, parsed.verb === 'RPC' ? EMPTY_MESSAGE : undefined);
  }

  close(): void {
    this.#closed = true;
    for (const { follower } of this.#followed.values()) follower.close();
    for (const { exchange } of this.#overdue.values()) exchange.kill();
    this.#current?.kill();
    this.#followed.clear();
    this.#overdue.clear();
  }

  /** Waits for its turn within the timeout; secrets are removed from replies in JSON. */
  async #reply(path: string, untilMs: number, message?: string): Promise<string> {
    const before = this.#turn;
    const { promise: done, resolve: leave } = Promise.withResolvers<void>();
    this.#turn = done;
    try {
      await inTime(before, untilMs, path);
      const text = await this.#exchange(path, untilMs, message);
      return /^\s*[{[]/.test(text) ? withoutSecrets(text) : text;
    } finally {
      // A request that timed out in the queue must not let the next one overtake the one before.
      void before.then(leave);
    }
  }

  async #exchange(path: string, untilMs: number, message: string | undefined): Promise<string> {
    this.#checkOverdue(path);
    const leftMs = untilMs - performance.now();
    const pipe = await inTime(this.#dial(), untilMs, path, (late) => late.kill());
    const exchange = exchangeOver(pipe, path, message);
    this.#current = exchange;
    if (this.#closed) exchange.kill();
    try {
      return await inTime(exchange.reply, untilMs, path);
    } catch (error) {
      if (error instanceof DaemonError && error.why === 'timeout')
        this.#keepOverdue(path, exchange, performance.now() - leftMs);
      throw error;
    } finally {
      this.#current = undefined;
    }
  }

  /** Keeps the connection of an overdue request open: new ones would pile up before a stuck daemon. */
  #keepOverdue(path: string, exchange: Exchange, sinceMs: number): void {
    this.#overdue.set(path, { exchange, sinceMs });
    const timer = setTimeout(exchange.kill, OVERDUE_MS);
    timer.unref();
    const settle = async () => {
      await exchange.reply.catch(() => undefined);
      clearTimeout(timer);
      if (this.#overdue.get(path)?.exchange === exchange) this.#overdue.delete(path);
    };
    void settle();
  }

  #checkOverdue(path: string): void {
    const same = this.#overdue.get(path);
    const [first] = this.#overdue;
    if (!same && (this.#overdue.size < MAX_OVERDUE || !first)) return;
    const [what, { sinceMs }] = same ? [path, same] : (first ?? [path, { sinceMs: performance.now() }]);
    const seconds = Math.round((performance.now() - sinceMs) / 1000);
    throw new DaemonError('timeout', `${path}: not sent, no reply to ${what} for ${seconds} s`);
  }

  async #each({ path, below }: HttpRequest, untilMs: number): Promise<string> {
    const list = metadataOf(await this.#reply(`${path}?recursion=1`, untilMs));
    const each: Record<string, unknown> = {};
    for (const name of namesOf(list).slice(0, MAX_EACH)) {
      try {
        each[name] = metadataOf(await this.#reply(`${path}/${encodeURIComponent(name)}/${below}`, untilMs));
      } catch (error) {
        each[name] = { error: error instanceof Error ? error.message : String(error) };
      }
    }
    return JSON.stringify({ list, each });
  }

  #follow({ verb, path }: HttpRequest, timeoutMs: number): Promise<string> {
    const nowMs = performance.now();
    const key = `${verb} ${path}`;
    let followed = this.#followed.get(key);
    if (!followed) this.#followed.set(key, (followed = { follower: this.#follower(verb, path), requestedMs: nowMs }));
    followed.requestedMs = nowMs;
    for (const [other, { follower, requestedMs }] of this.#followed)
      if (nowMs - requestedMs > IDLE_MS) {
        follower.close();
        this.#followed.delete(other);
      }
    return followed.follower.reply(timeoutMs);
  }

  #follower(verb: HttpRequest['verb'], path: string): EventFollower {
    return new EventFollower(async (on) => {
      const pipe = await this.#dial(true);
      streamOver(pipe, path, verb === 'EVENTS-WS', {
        open: on.open,
        event: (text) => on.event(cleaned(JSON.parse(text))),
        end: on.end,
      });
      return pipe.kill.bind(pipe);
    });
  }
}

const metadataOf = (text: string): unknown => (JSON.parse(text) as { readonly metadata?: unknown } | null)?.metadata;

/** Names from a list that are safe as one part of a path. */
const namesOf = (list: unknown): string[] =>
  (Array.isArray(list) ? list : []).flatMap((item: { readonly name?: unknown } | null) =>
    typeof item?.name === 'string' && NAME.test(item.name) ? [item.name] : [],
  );

/** A value before its deadline; one that comes later goes to `late`, to be released. */
async function inTime<Value>(
  value: Promise<Value>,
  untilMs: number,
  path: string,
  late: (value: Value) => void = () => undefined,
): Promise<Value> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => {
      reject(new DaemonError('timeout', `${path}: timeout`));
      value.then(late, () => undefined);
    },
    Math.max(0, untilMs - performance.now()),
  );
  try {
    return await Promise.race([value, over]);
  } finally {
    clearTimeout(timer);
  }
}
