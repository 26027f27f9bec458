import type {
  AttachmentEnd,
  AnswerOf,
  Attachment,
  AttachRequest,
  Cost,
  LinkState,
  LiveHost,
  Read,
  Reading,
  RootState,
} from './host.ts';
import { missing } from './host.ts';
import { attachOver } from './attachment.ts';
import { READING, type Audit } from './audit.ts';
import { NotedReads } from './noted-reads.ts';
import { attachSource } from './collector/python-source.ts';
import type { Lane } from './lane.ts';
import {
  feedPython,
  newNonce,
  NONCE,
  openRootLane,
  openRootLaneWithPassword,
  openUserLane,
  pythonBoot,
  StartError,
  type Opened,
} from './open-lane.ts';
import { refusal } from './policy.ts';
import { Talks } from './talks.ts';
import { TransportError, type Transport } from './transport.ts';
import { shellCommand } from '../lib/shell-quote.ts';
import { plain } from '../lib/plain.ts';

/** Longer than this root comes after the first screen. */
const ROOT_PATIENCE_MS = 500;
/** Waits between tries to reconnect, in seconds; the last one goes on for ever. */
const RETRY_SECONDS = [0.2, 1, 2, 5, 10, 15];

export interface LiveHostOptions {
  readonly name: string;
  readonly kind: 'ssh' | 'local';
  /** Called for the first connection and for every one after a loss. */
  readonly connect: () => Promise<Transport>;
  readonly audit: Audit;
  /** The engineer's clock, ms since 1970. */
  readonly nowMs: () => number;
  /** Answers an `inventory` read: for the engineer's own machine only. */
  readonly inventory?: () => Promise<string>;
  /** Refuses every terminal, for as long as this host is connected; nothing can lift it. */
  readonly readOnly?: boolean | undefined;
}

/** A host that is really there: lanes for reads, an attachment for a person, and a line that comes back when lost. */
export class ReachedHost implements LiveHost {
  readonly name: string;
  readonly kind: 'ssh' | 'local';
  readonly #options: LiveHostOptions;
  readonly #listeners = new Set<() => void>();
  readonly #noted = new NotedReads();
  readonly #talks = new Talks((lane, argv) =>
    this.#audit(lane, shellCommand(argv), `${READING}: asks a daemon, from now on at its period`),
  );
  #transport: Transport | undefined;
  #user: Lane | undefined;
  #root: Lane | undefined;
  #rootState: RootState = { state: 'none', detail: 'not asked yet' };
  #link: LinkState = { state: 'live' };
  #spent: Cost = { hostCpuSeconds: 0, bytesFromHost: 0, bytesToHost: 0 };
  #attached = 0;
  #closed = false;

  private constructor(options: LiveHostOptions) {
    this.#options = options;
    this.name = options.name;
    this.kind = options.kind;
  }

  /** Rejects with a TransportError when the host cannot be reached, or can but starts nothing for us. */
  static async reach(options: LiveHostOptions): Promise<ReachedHost> {
    const host = new ReachedHost(options);
    await host.#connect();
    return host;
  }

  get readOnly(): boolean {
    return this.#options.readOnly ?? false;
  }

  readonly link = (): LinkState => this.#link;
  readonly root = (): RootState => this.#rootState;
  readonly transport = (): string => `${this.#transport?.name ?? 'none'} · ${this.#user?.kind ?? 'none'}`;

  readonly cost = (): Cost => {
    const lanes = this.#lanes();
    return {
      hostCpuSeconds: this.#spent.hostCpuSeconds + sum(lanes, (lane) => lane.cpuSeconds() ?? 0),
      bytesFromHost: this.#spent.bytesFromHost + sum(lanes, (lane) => lane.bytes().fromHost),
      bytesToHost: this.#spent.bytesToHost + sum(lanes, (lane) => lane.bytes().toHost),
    };
  };

  /** pids of our own programs on the host. */
  readonly ownPids = (): readonly number[] => this.#lanes().flatMap((lane) => lane.pid ?? []);

  readonly onChange = (listen: () => void): (() => void) => {
    this.#listeners.add(listen);
    return () => this.#listeners.delete(listen);
  };

  async read<R extends Read>(what: R): Promise<Reading<AnswerOf<R>>> {
    const no = refusal(what);
    if (no) return missing('failed', no);
    // The answer of an inventory read is a string, as AnswerOf says.
    if (what.kind === 'inventory') return (await this.#inventory()) as Reading<AnswerOf<R>>;
    const lane = what.as === 'root' ? (this.#root ?? this.#user) : this.#user;
    if (!lane) return missing('failed', 'not connected');
    const first = this.#noted.first(what, lane === this.#root ? 'root' : 'user');
    if (first) this.#audit(lane, first.command, first.why);
    if (what.kind === 'talk') return (await this.#talks.ask(lane, what)) as Reading<AnswerOf<R>>;
    if (what.kind === 'talks') return (await this.#talks.askAll(lane, what)) as Reading<AnswerOf<R>>;
    const startMs = this.#options.nowMs();
    // The lane answers by the kind of the very same read.
    const reading = (await lane.read(what)) as Reading<AnswerOf<R>>;
    if (what.kind === 'run')
      this.#audit(
        lane,
        shellCommand(what.argv),
        reading.ok ? READING : `${READING}: ${reading.why}`,
        undefined,
        this.#options.nowMs() - startMs,
      );
    return reading;
  }

  async #inventory(): Promise<Reading<string>> {
    const { inventory, nowMs } = this.#options;
    if (!inventory) return missing('absent', 'systeminformation knows only the machine that it runs on');
    const startMs = nowMs();
    const value = await inventory();
    // CLOCK_MONOTONIC, as the collector tells it.
    return { ok: true, value, at: Number(process.hrtime.bigint()) / 1e9, tookMs: nowMs() - startMs };
  }

  readonly unlockRoot = async (password: string): Promise<string | undefined> => {
    const transport = this.#transport;
    if (!transport || !this.#user) return 'not connected';
    try {
      const opened = await openRootLaneWithPassword(transport, this.#user, password);
      this.#adoptRoot(opened, 'sudo password entered', transport);
      return undefined;
    } catch (error) {
      const said = error instanceof StartError ? error.said : '';
      if (/not in the sudoers file|not allowed to (run|execute)/i.test(said)) {
        this.#rootState = { state: 'none', detail: 'sudo: this user may not become root on this host' };
        this.#changed();
        return this.#rootState.detail;
      }
      const why = plain(lastLine(said) ?? (error instanceof Error ? error.message : String(error)));
      // No colon after the word: what follows one is taken for the secret itself, and covered.
      return error instanceof StartError && error.exit !== undefined
        ? `sudo did not accept the password (${why})`
        : `sudo did not let us in: ${why}`;
    }
  };

  readonly attach = async (request: AttachRequest): Promise<Attachment> => {
    if (this.readOnly)
      throw new TransportError('this session is read-only: no tool and no shell is started in it', {
        mend: 'begin one without --read-only',
      });
    const lane = request.as === 'root' && this.#root ? this.#root : this.#user;
    if (!lane) throw new TransportError('not connected');
    if (!lane.open)
      throw new TransportError('a debugger needs python3 on the host, and this host has none', {
        mend: 'run gdb in a shell of your own',
      });
    const startMs = this.#options.nowMs();
    const nonce = newNonce();
    const pipe = lane.open(pythonBoot(nonce));
    await feedPython(pipe, nonce, attachSource);
    this.#vigilant(1);
    this.#audit(lane, shellCommand(request.argv), request.reason);
    const attachment = await attachOver(pipe, request).catch((error: unknown) => {
      this.#vigilant(-1);
      throw error;
    });
    const finish = async () => {
      const end: AttachmentEnd = await attachment.ended;
      this.#vigilant(-1);
      this.#audit(
        lane,
        `(ended) ${shellCommand(request.argv)}`,
        end.detail,
        end.exitCode,
        this.#options.nowMs() - startMs,
      );
    };
    void finish();
    return attachment;
  };

  async close(): Promise<void> {
    this.#closed = true;
    this.#dropLanes();
    await this.#transport?.close();
    this.#setLink({ state: 'closed', detail: 'closed' });
  }

  async #connect(): Promise<void> {
    const transport = await this.#options.connect();
    const user = await openUserLane(transport).catch(async (error: unknown) => {
      await transport.close();
      throw asTransportError(error);
    });
    this.#transport = transport;
    this.#user = user.lane;
    this.#audit(user.lane, user.command, `collector (${user.lane.kind}), its program fed over stdin`);
    this.#watch(transport, user.lane);
    // A sudo that asks a slow directory must not keep the first screen waiting.
    await Promise.race([this.#probeRoot(transport, user.lane), sleep(ROOT_PATIENCE_MS)]);
    this.#setLink({ state: 'live' });
  }

  async #probeRoot(transport: Transport, user: Lane): Promise<void> {
    if (user.uid === 0) {
      this.#root = user;
      this.#rootState = { state: 'root' };
      return;
    }
    this.#rootState = { state: 'none', detail: 'asking sudo' };
    try {
      this.#adoptRoot(await openRootLane(transport, user), 'sudo without a password', transport);
    } catch (error) {
      if (this.#transport !== transport) return;
      const said = error instanceof StartError ? error.said : '';
      this.#rootState = /password is required|a terminal is required|interactive authentication/i.test(said)
        ? { state: 'password', detail: 'sudo wants a password' }
        : {
            state: 'none',
            detail: `no root: ${plain(lastLine(said) ?? (error instanceof Error ? error.message : String(error)))}`,
          };
      this.#audit(
        user,
        'sudo -n',
        `probe: ${this.#rootState.detail}`,
        error instanceof StartError ? error.exit : undefined,
      );
      this.#changed();
    }
  }

  #adoptRoot(opened: Opened, why: string, transport: Transport): void {
    if (this.#transport !== transport) return opened.lane.close();
    this.#root = opened.lane;
    this.#rootState = { state: 'root' };
    this.#audit(opened.lane, opened.command, `root collector: ${why}`);
    const fall = async () => {
      const detail = await opened.lane.ended;
      if (this.#root !== opened.lane || this.#closed) return;
      this.#spend(opened.lane);
      this.#talks.drop(opened.lane);
      this.#root = undefined;
      this.#rootState = { state: 'none', detail: `the root collector is gone: ${detail}` };
      this.#changed();
    };
    void fall();
    this.#changed();
  }

  #watch(transport: Transport, user: Lane): void {
    transport.onSilence((sinceMs) => {
      if (this.#transport !== transport || this.#link.state === 'lost') return;
      this.#setLink(
        sinceMs === undefined
          ? { state: 'live' }
          : { state: 'stalled', sinceMs: this.#options.nowMs() - sinceMs, detail: 'nothing was heard from the host' },
      );
    });
    transport.onLost((why) => void this.#lost(transport, why));
    const fall = async () => {
      const why = await user.ended;
      await this.#lost(transport, why);
    };
    void fall();
  }

  /** Keeps all history, and tries again until it works or cannot. */
  async #lost(transport: Transport, why: string): Promise<void> {
    if (this.#transport !== transport || this.#closed) return;
    this.#transport = undefined;
    this.#dropLanes();
    this.#setLink({ state: 'lost', sinceMs: this.#options.nowMs(), detail: plain(why) });
    await transport.close();
    for (let attempt = 0; !this.#closed; attempt++) {
      await sleep((RETRY_SECONDS[Math.min(attempt, RETRY_SECONDS.length - 1)] ?? 15) * 1000);
      if (this.#isClosed()) return;
      try {
        await this.#connect();
        return;
      } catch (error) {
        const mistake = asTransportError(error);
        const since = this.#link.state === 'lost' ? this.#link.sinceMs : this.#options.nowMs();
        this.#setLink({ state: 'lost', sinceMs: since, detail: mistake.message });
        if (!mistake.retry) {
          this.#setLink({ state: 'closed', detail: mistake.message });
          return;
        }
      }
    }
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  #lanes(): Lane[] {
    return [...new Set([this.#user, this.#root])].filter((lane) => lane !== undefined);
  }

  #dropLanes(): void {
    for (const lane of this.#lanes()) {
      this.#spend(lane);
      this.#talks.drop(lane);
      lane.close();
    }
    this.#user = undefined;
    this.#root = undefined;
  }

  #spend(lane: Lane): void {
    const { fromHost, toHost } = lane.bytes();
    this.#spent = {
      hostCpuSeconds: this.#spent.hostCpuSeconds + (lane.cpuSeconds() ?? 0),
      bytesFromHost: this.#spent.bytesFromHost + fromHost,
      bytesToHost: this.#spent.bytesToHost + toHost,
    };
  }

  #vigilant(step: 1 | -1): void {
    this.#attached += step;
    this.#transport?.setVigilant(this.#attached > 0);
  }

  #audit(lane: Lane, command: string, why: string, exit?: number, tookMs?: number): void {
    const as = lane === this.#root || lane.uid === 0 ? 'root' : 'user';
    this.#options.audit.add({ wallMs: this.#options.nowMs(), host: this.name, as, command, why, exit, tookMs });
  }

  #setLink(link: LinkState): void {
    this.#link = link;
    this.#changed();
  }

  #changed(): void {
    for (const listen of this.#listeners) listen();
  }
}

const sleep = (delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });

const sum = (lanes: readonly Lane[], of: (lane: Lane) => number): number =>
  lanes.reduce((total, lane) => total + of(lane), 0);

/** What the far side said last, without the marks that we had it print. */
const lastLine = (text: string): string | undefined =>
  text
    .replaceAll(NONCE, '')
    .trim()
    .split('\n')
    .findLast((line) => line.trim() !== '');

function asTransportError(error: unknown): TransportError {
  if (error instanceof StartError)
    return new TransportError(`logged in, but the host starts no program for us: ${error.message}`, {
      mend: 'crashcart needs a login that may run commands (not nologin, not a forced command)',
      cause: error,
    });
  if (error instanceof TransportError) return error;
  return new TransportError(error instanceof Error ? error.message : String(error), { retry: true, cause: error });
}
