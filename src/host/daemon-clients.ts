import { matchesPattern } from '../lib/glob-pattern.ts';
import { DAEMON_SESSION, pollsDaemonEvery } from './audit.ts';
import { DaemonError, type DaemonConnection, type Protocol } from './protocols/protocol.ts';
import { FallbackCommands } from './protocols/cli-fallback.ts';
import {
  missing,
  type DaemonGlobRead,
  type DaemonRead,
  type DaemonReply,
  type Missing,
  type ProtocolName,
  type Reading,
} from './host.ts';
import type { Lane } from './lane.ts';
import type { Pipe } from './transport.ts';

const TIMEOUT_MS = 5000;
/** Time beyond the timeout for a protocol that does not keep to it. */
const GRACE_MS = 1000;
/** Time without requests after which a connection is closed; longer than the period of any source. */
const IDLE_MS = 150_000;
/** Concurrent requests to the daemons of one pattern. */
const PARALLEL = 4;
/** Limit of sockets of one pattern. */
const MAX_SOCKETS = 512;
/** Time for which the sockets of a pattern are taken as they were, while all of them reply. */
const NAMES_MS = 10_000;

/** Sockets of a pattern, as they were listed. */
interface Listing {
  readonly untilMs: number;
  readonly names: Promise<readonly string[] | Missing>;
}

interface Client {
  readonly connection: DaemonConnection;
  /** Pending replies by request: the same request is sent once. */
  readonly pending: Map<string, Promise<string>>;
  idle: NodeJS.Timeout | undefined;
}

/** DaemonClients sends requests to daemons through the lanes: one connection per lane, protocol and socket, opened on demand. */
export class DaemonClients {
  readonly #clients = new Map<Lane, Map<string, Client>>();
  readonly #fallbacks = new WeakMap<Lane, FallbackCommands>();
  readonly #names = new WeakMap<Lane, Map<string, Listing>>();
  readonly #protocolOf: (name: ProtocolName) => Protocol | undefined;
  readonly #onStart: (lane: Lane, argv: readonly string[], why: string) => void;
  readonly #host: string | undefined;

  /** `onStart` is called for each program started on the host, for the audit log; `host` is the identity of the host. */
  constructor(
    onStart: (lane: Lane, argv: readonly string[], why: string) => void,
    protocolOf: (name: ProtocolName) => Protocol | undefined,
    host?: string,
  ) {
    this.#onStart = onStart;
    this.#protocolOf = protocolOf;
    this.#host = host;
  }

  /** Reply to one request. */
  async request(lane: Lane, { dialect, to, request, timeoutMs }: DaemonRead): Promise<Reading<string>> {
    const reply = await this.#reply(lane, dialect, to, request, timeoutMs ?? TIMEOUT_MS);
    if (!reply.ok) return reply;
    return { ok: true, value: reply.text, at: reply.at ?? 0, tookMs: reply.tookMs, instead: reply.instead };
  }

  /** Replies of all sockets that match the pattern, each with its own timeout and reason. */
  async requestAll(lane: Lane, read: DaemonGlobRead): Promise<Reading<ReadonlyMap<string, DaemonReply>>> {
    const startMs = performance.now();
    const { dialect, pattern, request, timeoutMs = TIMEOUT_MS } = read;
    const protocol = this.#protocolOf(dialect);
    const supported = lane.dial !== undefined || protocol?.fallback !== undefined;
    const names = lane.names && supported ? await this.#namesOf(lane, pattern, timeoutMs) : needsPython(pattern);
    if ('ok' in names) return names;
    // Names from the host are checked again: they must match the pattern, and a wide pattern also matches other sockets.
    const isAllowed = (path: string) => protocol?.refusal(path, request) === undefined;
    const paths = names.filter((path) => matchesPattern(pattern, path) && isAllowed(path)).slice(0, MAX_SOCKETS);
    if (paths.length === 0) return missing('absent', `${pattern}: no such socket`);
    const replies = new Map<string, DaemonReply>();
    const waiting = [...paths];
    const work = async () => {
      for (let path = waiting.shift(); path !== undefined; path = waiting.shift())
        replies.set(path, await this.#reply(lane, dialect, path, request, timeoutMs));
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
    // Sorted by path, not by arrival.
    const value = new Map(paths.flatMap((path) => (replies.has(path) ? [[path, replies.get(path)!] as const] : [])));
    const answered = [...value.values()].filter((one) => one.ok);
    // A daemon that started again may have another socket, with its pid in the name.
    if (answered.length < value.size) this.#names.get(lane)?.delete(pattern);
    // Rates use the time of the replies; that of a fallback command may be cached.
    const instead = answered.every((one) => one.instead !== undefined) ? answered[0]?.instead : undefined;
    const latest = Math.max(0, ...answered.map((one) => one.at ?? 0));
    const at = instead ? latest : (lane.clock() ?? latest);
    return { ok: true, value, at, tookMs: performance.now() - startMs, instead };
  }

  /** Sockets that match a pattern; requests for one pattern share a listing of its folder, which costs more than a reply. */
  async #namesOf(lane: Lane, pattern: string, timeoutMs: number): Listing['names'] {
    const known = this.#names.get(lane) ?? new Map<string, Listing>();
    this.#names.set(lane, known);
    const kept = known.get(pattern);
    if (kept && performance.now() < kept.untilMs) return kept.names;
    const listed = lane.names?.(pattern, timeoutMs) ?? Promise.resolve(needsPython(pattern));
    known.set(pattern, { untilMs: performance.now() + NAMES_MS, names: listed });
    const names = await listed;
    if ('ok' in names) known.delete(pattern);
    return names;
  }

  /** Closes all connections through a lane. */
  drop(lane: Lane): void {
    for (const client of this.#clients.get(lane)?.values() ?? []) close(client);
    this.#clients.delete(lane);
  }

  async #reply(lane: Lane, name: ProtocolName, to: string, request: string, timeoutMs: number): Promise<DaemonReply> {
    const protocol = this.#protocolOf(name);
    const refusal = protocol ? protocol.refusal(to, request) : `unknown protocol ${name}`;
    if (!protocol || refusal !== undefined) return missing('failed', `not on the read-only list: ${refusal ?? name}`);
    const byFallback = (because: Missing, bySudoOnly = false) =>
      this.#fallback(lane, protocol, to, request, timeoutMs, because, bySudoOnly);
    if (!lane.dial || !lane.open) return byFallback(needsPython(to));
    const startMs = performance.now();
    try {
      const text = await this.#once(this.#clientOf(lane, protocol, to), request, timeoutMs, to);
      return { ok: true, text, tookMs: performance.now() - startMs, at: lane.clock() };
    } catch (error) {
      if (error instanceof DaemonError) {
        const why = missing(error.why, error.message);
        // sudo may permit the command where the socket is denied.
        if (error.unsupported) return byFallback(why);
        return error.why === 'denied' ? byFallback(why, true) : why;
      }
      return missing('failed', `${to}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #fallback(
    lane: Lane,
    protocol: Protocol,
    to: string,
    request: string,
    timeoutMs: number,
    because: Missing,
    bySudoOnly: boolean,
  ): Promise<DaemonReply> {
    const fallback = protocol.fallback?.(to, request);
    if (!fallback) return because;
    let commands = this.#fallbacks.get(lane);
    if (!commands) {
      commands = new FallbackCommands(lane, (argv, seconds) => this.#onStart(lane, argv, pollsDaemonEvery(seconds)));
      this.#fallbacks.set(lane, commands);
    }
    const key = `${protocol.name} ${to} ${request}`;
    const reading = await commands.request(key, fallback, timeoutMs, because, bySudoOnly);
    if (!reading.ok) return reading;
    return { ok: true, text: reading.value, tookMs: reading.tookMs, at: reading.at, instead: reading.instead };
  }

  #clientOf(lane: Lane, protocol: Protocol, to: string): Client {
    const key = `${protocol.name} ${to}`;
    let ofLane = this.#clients.get(lane);
    if (!ofLane) this.#clients.set(lane, (ofLane = new Map()));
    let client = ofLane.get(key);
    if (!client) {
      client = {
        connection: protocol.connect((lasting) => this.#dial(lane, protocol, to, lasting), this.#host),
        pending: new Map(),
        idle: undefined,
      };
      ofLane.set(key, client);
    }
    const idle = client;
    const siblings = ofLane;
    clearTimeout(idle.idle);
    idle.idle = setTimeout(() => {
      close(idle);
      siblings.delete(key);
    }, IDLE_MS);
    idle.idle.unref();
    return idle;
  }

  async #dial(lane: Lane, protocol: Protocol, to: string, lasting?: boolean): Promise<Pipe> {
    if (!lane.dial || !lane.open) throw new DaemonError('failed', needsPython(to).detail);
    if (!protocol.argv) return lane.dial(to, protocol.daemons?.(to), lasting, protocol.asOwner);
    const argv = protocol.argv(to);
    this.#onStart(lane, argv, DAEMON_SESSION);
    return lane.open(argv);
  }

  #once(client: Client, request: string, timeoutMs: number, to: string): Promise<string> {
    const known = client.pending.get(request);
    if (known) return known;
    const reply = inTime(client.connection.request(request, timeoutMs), timeoutMs + GRACE_MS, to).finally(() =>
      client.pending.delete(request),
    );
    client.pending.set(request, reply);
    return reply;
  }
}

function close(client: Client): void {
  clearTimeout(client.idle);
  client.connection.close();
}

function inTime<Value>(reply: Promise<Value>, timeoutMs: number, to: string): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new DaemonError('timeout', `${to}: timeout after ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    reply.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

const needsPython = (to: string): Missing => missing('denied', `${to}: needs python3 on the host`);
