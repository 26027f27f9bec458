import { matchesPattern } from '../lib/glob-pattern.ts';
import { TalkError, type DaemonConnection, type Protocol } from './protocols/protocol.ts';
import { FallbackCommands } from './protocols/cli-fallback.ts';
import {
  missing,
  type ProtocolName,
  type Missing,
  type Reading,
  type TalkRead,
  type TalksRead,
  type DaemonReply,
} from './host.ts';
import type { Lane } from './lane.ts';
import type { Pipe } from './transport.ts';

const TIMEOUT_MS = 5000;
/** A dialect keeps to its time-out; one that does not is answered for. */
const GRACE_MS = 1000;
/** A conversation that nobody asked anything for so long is closed; longer than the period of any source that asks. */
const IDLE_MS = 150_000;
/** Daemons of one pattern that are asked at a time. */
const PARALLEL = 4;
/** Sockets that one pattern may name. */
const MAX_SOCKETS = 512;

interface Talk {
  readonly conversation: DaemonConnection;
  /** Questions on their way: one that is asked twice is sent once. */
  readonly asked: Map<string, Promise<string>>;
  idle: NodeJS.Timeout | undefined;
}

/** Speaks to daemons through the lanes: one conversation for each lane, dialect and socket, begun when first needed. */
export class DaemonClients {
  readonly #talks = new Map<Lane, Map<string, Talk>>();
  readonly #standIns = new WeakMap<Lane, FallbackCommands>();
  readonly #protocolOf: (name: ProtocolName) => Protocol | undefined;
  readonly #onStart: (lane: Lane, argv: readonly string[]) => void;

  /** `onStart` is told of each program that a dialect starts on the host, for the audit log. */
  constructor(
    onStart: (lane: Lane, argv: readonly string[]) => void,
    known: (name: ProtocolName) => Protocol | undefined,
  ) {
    this.#onStart = onStart;
    this.#protocolOf = known;
  }

  /** The answer to one question. */
  async ask(lane: Lane, { dialect, to, request, timeoutMs }: TalkRead): Promise<Reading<string>> {
    const told = await this.#tell(lane, dialect, to, request, timeoutMs ?? TIMEOUT_MS);
    if (!told.ok) return told;
    return { ok: true, value: told.text, at: told.at ?? 0, tookMs: told.tookMs, instead: told.instead };
  }

  /** The answers of all sockets that the pattern names, each with its own time-out and its own reason. */
  async askAll(lane: Lane, what: TalksRead): Promise<Reading<ReadonlyMap<string, DaemonReply>>> {
    const startMs = performance.now();
    const { dialect, pattern, request, timeoutMs = TIMEOUT_MS } = what;
    const spoken = this.#protocolOf(dialect);
    const answered = lane.dial !== undefined || spoken?.instead !== undefined;
    const names = lane.names && answered ? await lane.names(pattern, timeoutMs) : needsPython(pattern);
    if ('ok' in names) return names;
    // The host is not believed: what it names must be what was asked for; a wide pattern names what is not asked, too.
    const asked = (path: string) => spoken?.refusal(path, request) === undefined;
    const paths = names.filter((path) => matchesPattern(pattern, path) && asked(path)).slice(0, MAX_SOCKETS);
    if (paths.length === 0) return missing('absent', `${pattern}: no such socket`);
    const told = new Map<string, DaemonReply>();
    const waiting = [...paths];
    const work = async () => {
      for (let path = waiting.shift(); path !== undefined; path = waiting.shift())
        told.set(path, await this.#tell(lane, dialect, path, request, timeoutMs));
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
    // In the order of their names, whoever was first to answer.
    const value = new Map(paths.flatMap((path) => (told.has(path) ? [[path, told.get(path)!] as const] : [])));
    const answers = [...value.values()].filter((one) => one.ok);
    // Rates come from the time of the answers, which of commands may be the one of before.
    const instead = answers.every((one) => one.instead !== undefined) ? answers[0]?.instead : undefined;
    const toldAt = Math.max(0, ...answers.map((one) => one.at ?? 0));
    const at = instead ? toldAt : (lane.clock() ?? toldAt);
    return { ok: true, value, at, tookMs: performance.now() - startMs, instead };
  }

  /** Ends all that was said through a lane. */
  drop(lane: Lane): void {
    for (const talk of this.#talks.get(lane)?.values() ?? []) close(talk);
    this.#talks.delete(lane);
  }

  async #tell(lane: Lane, name: ProtocolName, to: string, request: string, timeoutMs: number): Promise<DaemonReply> {
    const dialect = this.#protocolOf(name);
    const no = dialect ? dialect.refusal(to, request) : `nobody here speaks ${name}`;
    if (!dialect || no !== undefined) return missing('failed', `not on the read-only list: ${no ?? name}`);
    const instead = (because: Missing, bySudoOnly = false) =>
      this.#instead(lane, dialect, to, request, timeoutMs, because, bySudoOnly);
    if (!lane.dial || !lane.open) return instead(needsPython(to));
    const startMs = performance.now();
    try {
      const text = await this.#once(this.#talkOf(lane, dialect, to), request, timeoutMs, to);
      return { ok: true, text, tookMs: performance.now() - startMs, at: lane.clock() };
    } catch (error) {
      if (error instanceof TalkError) {
        const why = missing(error.why, error.message);
        // Who may not connect may still be let run the command by sudo.
        if (error.speechless) return instead(why);
        return error.why === 'denied' ? instead(why, true) : why;
      }
      return missing('failed', `${to}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #instead(
    lane: Lane,
    dialect: Protocol,
    to: string,
    request: string,
    timeoutMs: number,
    because: Missing,
    bySudoOnly: boolean,
  ): Promise<DaemonReply> {
    const instead = dialect.instead?.(to, request);
    if (!instead) return because;
    let standIns = this.#standIns.get(lane);
    if (!standIns)
      this.#standIns.set(lane, (standIns = new FallbackCommands(lane, (argv) => this.#onStart(lane, argv))));
    const key = `${dialect.name} ${to} ${request}`;
    const reading = await standIns.ask(key, instead, timeoutMs, because, bySudoOnly);
    if (!reading.ok) return reading;
    return { ok: true, text: reading.value, tookMs: reading.tookMs, at: reading.at, instead: reading.instead };
  }

  #talkOf(lane: Lane, dialect: Protocol, to: string): Talk {
    const key = `${dialect.name} ${to}`;
    let ofLane = this.#talks.get(lane);
    if (!ofLane) this.#talks.set(lane, (ofLane = new Map()));
    let talk = ofLane.get(key);
    if (!talk) {
      talk = {
        conversation: dialect.converse((lasting) => this.#dial(lane, dialect, to, lasting)),
        asked: new Map(),
        idle: undefined,
      };
      ofLane.set(key, talk);
    }
    const here = talk;
    const among = ofLane;
    clearTimeout(here.idle);
    here.idle = setTimeout(() => {
      close(here);
      among.delete(key);
    }, IDLE_MS);
    here.idle.unref();
    return here;
  }

  async #dial(lane: Lane, dialect: Protocol, to: string, lasting?: boolean): Promise<Pipe> {
    if (!lane.dial || !lane.open) throw new TalkError('failed', needsPython(to).detail);
    if (!dialect.argv) return lane.dial(to, dialect.daemons?.(to), lasting);
    const argv = dialect.argv(to);
    this.#onStart(lane, argv);
    return lane.open(argv);
  }

  #once(talk: Talk, request: string, timeoutMs: number, to: string): Promise<string> {
    const known = talk.asked.get(request);
    if (known) return known;
    const asked = inTime(talk.conversation.ask(request, timeoutMs), timeoutMs + GRACE_MS, to).finally(() =>
      talk.asked.delete(request),
    );
    talk.asked.set(request, asked);
    return asked;
  }
}

function close(talk: Talk): void {
  clearTimeout(talk.idle);
  talk.conversation.close();
}

function inTime<Value>(answer: Promise<Value>, timeoutMs: number, to: string): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new TalkError('timeout', `${to}: no answer in ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

const needsPython = (to: string): Missing => missing('denied', `${to}: speaking to a daemon needs python3 on the host`);
