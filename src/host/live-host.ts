import type {
  AttachmentEnd,
  AnswerOf,
  Attachment,
  AttachRequest,
  ConnectionFacts,
  Cost,
  HungRead,
  LinkState,
  LiveHost,
  Read,
  Reading,
  RootState,
  UnlockOutcome,
} from './host.ts';
import { missing } from './host.ts';
import { attachOver } from './attachment.ts';
import { loggedCommand, READING, type Audit } from './audit.ts';
import { AuditFilter } from './audit-filter.ts';
import { attachSource } from './collector/python-source.ts';
import type { Lane } from './lane.ts';
import { Backoff } from './backoff.ts';
import { feedPython, newNonce, openUserLane, pythonBoot, StartError, type LaneStart } from './open-lane.ts';
import type { ReadPolicy } from './policy.ts';
import { RootAccess } from './root-access.ts';
import { DaemonClients } from './daemon-clients.ts';
import { TransportError, type Transport } from './transport.ts';
import { plain } from '../lib/plain.ts';

/** Time that the first screen waits for root. */
const ROOT_WAIT_MS = 500;
/** Longest wait between tries of an unreachable host, which cost no login. */
const UNREACHABLE_MS = 15_000;
/** Restarts of the collector on one connection before a new login. */
const RESTARTS_PER_LOGIN = 3;

export interface LiveHostOptions {
  readonly name: string;
  /** What no other host has, as the target with its options. Default: nothing that the host sent is used after its connection. */
  readonly identity?: string;
  /** Read-only list. */
  readonly policy: ReadPolicy;
  readonly kind: 'ssh' | 'local';
  /** Called for the first connection and for every one after a loss. */
  readonly connect: () => Promise<Transport>;
  readonly audit: Audit;
  /** Local clock, epoch ms. */
  readonly nowMs: () => number;
  /** Answers an `inventory` read; local host only. */
  readonly inventory?: () => Promise<string>;
  /** Refuses every terminal while this host is connected. */
  readonly readOnly?: boolean | undefined;
  /** Reads with the rights of the login user alone: sudo is not tried before `unlockRoot` has worked. */
  readonly withoutRoot?: boolean | undefined;
}

/** Live host with lanes for reads, attachments for tools, and a connection that is restored after a loss. */
export class ReachedHost implements LiveHost {
  readonly name: string;
  readonly kind: 'ssh' | 'local';
  readonly #options: LiveHostOptions;
  readonly #listeners = new Set<() => void>();
  readonly #auditFilter = new AuditFilter();
  readonly #daemons: DaemonClients;
  readonly #backoff: Backoff;
  readonly #rootAccess: RootAccess;
  /** Whether a login runs `sudo -n`. */
  #triesRoot: boolean;
  #transport: Transport | undefined;
  #user: Lane | undefined;
  /** Whether the collector ran here: the shell would then be a degradation. */
  #hadPython = false;
  #restarts = 0;
  #link: LinkState = { state: 'live' };
  #spent: Cost = { hostCpuSeconds: 0, bytesFromHost: 0, bytesToHost: 0 };
  #attached = 0;
  #closed = false;

  private constructor(options: LiveHostOptions) {
    this.#options = options;
    this.#daemons = new DaemonClients(
      (lane, argv, why) => this.#audit(lane, loggedCommand(argv), why),
      options.policy.protocolOf,
      options.identity,
    );
    this.#triesRoot = !options.withoutRoot;
    this.name = options.name;
    this.kind = options.kind;
    this.#backoff = new Backoff(options.nowMs);
    this.#rootAccess = new RootAccess({
      nowMs: options.nowMs,
      connection: () => (this.#transport && this.#user ? { transport: this.#transport, user: this.#user } : undefined),
      audit: (lane, command, why, exit) => this.#audit(lane, command, why, exit),
      onEnd: (lane) => this.#settle(lane),
      onChange: () => this.#changed(),
    });
  }

  /** Rejects with a TransportError when the host is unreachable or runs no commands. */
  static async reach(options: LiveHostOptions): Promise<ReachedHost> {
    const host = new ReachedHost(options);
    await host.#connect();
    return host;
  }

  get readOnly(): boolean {
    return this.#options.readOnly ?? false;
  }

  readonly link = (): LinkState => this.#link;
  readonly root = (): RootState => this.#rootAccess.state;
  readonly transport = (): string => `${this.#transport?.name ?? 'none'} · ${this.#user?.kind ?? 'none'}`;

  readonly connection = (): ConnectionFacts | undefined => this.#transport?.facts;

  readonly cost = (): Cost => {
    const lanes = this.#lanes();
    return {
      hostCpuSeconds: this.#spent.hostCpuSeconds + sum(lanes, (lane) => lane.cpuSeconds() ?? 0),
      bytesFromHost: this.#spent.bytesFromHost + sum(lanes, (lane) => lane.bytes().fromHost),
      bytesToHost: this.#spent.bytesToHost + sum(lanes, (lane) => lane.bytes().toHost),
    };
  };

  readonly hung = (): readonly HungRead[] =>
    this.#lanes().flatMap((lane) =>
      lane.hung().map(({ name, detail }) => ({ name: lane === this.#user ? name : `${name} (as root)`, detail })),
    );

  /** pids of the collector on the host. */
  readonly ownPids = (): readonly number[] => this.#lanes().flatMap((lane) => lane.pid ?? []);

  readonly onChange = (listen: () => void): (() => void) => {
    this.#listeners.add(listen);
    return () => this.#listeners.delete(listen);
  };

  async read<R extends Read>(what: R): Promise<Reading<AnswerOf<R>>> {
    const refusal = this.#options.policy.refusal(what);
    if (refusal) return missing('failed', refusal);
    // AnswerOf an inventory read is a string.
    if (what.kind === 'inventory') return (await this.#inventory()) as Reading<AnswerOf<R>>;
    const root = this.#rootAccess.lane;
    const lane = what.as === 'root' ? (root ?? this.#user) : this.#user;
    if (!lane) return missing('failed', 'not connected');
    const first = this.#auditFilter.first(what, lane === root ? 'root' : 'user');
    if (first) this.#audit(lane, first.command, first.why);
    if (what.kind === 'talk') return (await this.#daemons.request(lane, what)) as Reading<AnswerOf<R>>;
    if (what.kind === 'talks') return (await this.#daemons.requestAll(lane, what)) as Reading<AnswerOf<R>>;
    const startMs = this.#options.nowMs();
    // The answer has the kind of the read.
    const reading = (await lane.read(what)) as Reading<AnswerOf<R>>;
    if (what.kind === 'run')
      this.#audit(
        lane,
        loggedCommand(what.argv),
        reading.ok ? READING : `${READING}: ${reading.why}`,
        undefined,
        this.#options.nowMs() - startMs,
      );
    return reading;
  }

  async #inventory(): Promise<Reading<string>> {
    const { inventory, nowMs } = this.#options;
    if (!inventory) return missing('absent', 'inventory: local host only');
    const startMs = nowMs();
    const value = await inventory();
    // CLOCK_MONOTONIC, as in the collector.
    return { ok: true, value, at: Number(process.hrtime.bigint()) / 1e9, tookMs: nowMs() - startMs };
  }

  readonly unlockRoot = async (password: string): Promise<UnlockOutcome> => {
    const outcome = await this.#rootAccess.unlock(password);
    if (outcome.reason === undefined) this.#triesRoot = true;
    return outcome;
  };
  readonly reopenRoot = (): Promise<string | undefined> => this.#rootAccess.reopen();

  readonly attach = async (request: AttachRequest): Promise<Attachment> => {
    if (this.readOnly)
      throw new TransportError('session is read-only (--read-only): no tools, no shell', {
        fix: 'start a session without --read-only',
      });
    const lane = request.as === 'root' ? (this.#rootAccess.lane ?? this.#user) : this.#user;
    if (!lane) throw new TransportError('not connected');
    if (!lane.open)
      throw new TransportError('python3 not found on the host; tools need it', {
        fix: 'run gdb in a shell on the host',
      });
    const startMs = this.#options.nowMs();
    const nonce = newNonce();
    const pipe = lane.open(pythonBoot(nonce));
    await feedPython(pipe, nonce, attachSource);
    this.#vigilant(1);
    this.#audit(lane, loggedCommand(request.argv), request.reason);
    const attachment = await attachOver(pipe, request).catch((error: unknown) => {
      this.#vigilant(-1);
      throw error;
    });
    const finish = async () => {
      const end: AttachmentEnd = await attachment.ended;
      this.#vigilant(-1);
      this.#audit(
        lane,
        `(ended) ${loggedCommand(request.argv)}`,
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
    const opened = await openUserLane(transport, this.#hadPython).catch(async (error: unknown) => {
      await transport.close();
      throw asTransportError(error);
    });
    if (this.#isClosed()) return transport.close();
    this.#transport = transport;
    this.#restarts = 0;
    this.#adoptUser(transport, opened);
    this.#watchConnection(transport);
    // sudo may wait for a slow directory service.
    if (this.#triesRoot)
      await Promise.race([this.#rootAccess.connected({ transport, user: opened.lane }), sleep(ROOT_WAIT_MS)]);
    // The lane may have ended meanwhile.
    if (this.#user === opened.lane) this.#setLink({ state: 'live' });
  }

  #adoptUser(transport: Transport, { lane, command, program }: LaneStart): void {
    this.#user = lane;
    this.#hadPython ||= lane.kind === 'python3';
    this.#backoff.started();
    this.#audit(lane, command, `collector (${lane.kind}): ${program} on stdin`);
    const watch = async () => {
      const why = await lane.ended;
      if (this.#user === lane && !this.#closed) await this.#restart(transport, lane, why);
    };
    void watch();
  }

  #watchConnection(transport: Transport): void {
    transport.onSilence((sinceMs) => {
      if (this.#transport !== transport || this.#link.state === 'lost') return;
      this.#setLink(
        sinceMs === undefined
          ? { state: 'live' }
          : { state: 'stalled', sinceMs: this.#options.nowMs() - sinceMs, detail: 'no data from the host' },
      );
    });
    transport.onLost((why) => void this.#lost(transport, why));
  }

  /** Restarts the collector on the same connection; after several restarts in a row reconnects. */
  async #restart(transport: Transport, ended: Lane, whyEnded: string): Promise<void> {
    this.#user = undefined;
    this.#rootAccess.userEnded(ended);
    this.#settle(ended);
    if (this.#backoff.ended()) this.#restarts = 0;
    let why = plain(whyEnded);
    while (this.#mayRestart()) {
      await this.#waitToRetry(why, this.#backoff.waitMs(), true);
      // The connection may have ended with the collector, and reports it a little later.
      if (this.#transport !== transport || this.#isClosed()) return;
      this.#restarts++;
      this.#backoff.tried();
      try {
        const opened = await openUserLane(transport, this.#hadPython);
        if (this.#transport !== transport || this.#isClosed()) return opened.lane.close();
        this.#adoptUser(transport, opened);
        this.#rootAccess.restarted({ transport, user: opened.lane });
        this.#setLink({ state: 'live' });
        return;
      } catch (error) {
        why = `collector start failed: ${error instanceof Error ? error.message : String(error)}`;
        // Without an exit code the connection is at fault.
        if (!(error instanceof StartError) || error.exit === undefined) break;
      }
    }
    await this.#lost(transport, why);
  }

  #mayRestart(): boolean {
    return this.#restarts < RESTARTS_PER_LOGIN;
  }

  /** Reconnects until it works or a retry cannot help. */
  async #lost(transport: Transport, whyLost: string): Promise<void> {
    if (this.#transport !== transport || this.#closed) return;
    this.#transport = undefined;
    this.#dropLanes();
    this.#backoff.ended();
    let waitMs = this.#backoff.waitMs();
    let why = plain(whyLost);
    for (let closing: Promise<void> | undefined = transport.close(); ; closing = undefined) {
      await Promise.all([this.#waitToRetry(why, waitMs, false), closing]);
      if (this.#isClosed()) return;
      this.#backoff.tried();
      try {
        await this.#connect();
        return;
      } catch (error) {
        const failure = asTransportError(error);
        // Commands ran before: a login without them is short of a resource, perhaps for a while only.
        const loggedIn = failure.cause instanceof StartError;
        if (!failure.retry && !loggedIn) {
          this.#setLink({ state: 'closed', detail: failure.message });
          return;
        }
        why = failure.message;
        waitMs = Math.min(this.#backoff.waitMs(), loggedIn ? Infinity : UNREACHABLE_MS);
      }
    }
  }

  #waitToRetry(detail: string, waitMs: number, collectorOnly: boolean): Promise<void> {
    const nowMs = this.#options.nowMs();
    const sinceMs = this.#link.state === 'lost' ? this.#link.sinceMs : nowMs;
    this.#setLink({ state: 'lost', sinceMs, detail, retryAtMs: nowMs + waitMs, collectorOnly });
    return sleep(waitMs);
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  #lanes(): Lane[] {
    return [...new Set([this.#user, this.#rootAccess.lane])].filter((lane) => lane !== undefined);
  }

  #dropLanes(): void {
    for (const lane of this.#lanes()) {
      this.#settle(lane);
      lane.close();
    }
    this.#user = undefined;
    this.#rootAccess.disconnected();
  }

  /** Adds up the cost of an ended lane and closes its daemon connections. */
  #settle(lane: Lane): void {
    this.#daemons.drop(lane);
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
    const as = lane === this.#rootAccess.lane || lane.uid === 0 ? 'root' : 'user';
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

function asTransportError(error: unknown): TransportError {
  if (error instanceof StartError)
    return new TransportError(`logged in, but the account runs no commands: ${error.message}`, {
      fix: 'use an account that may run commands (no nologin, no ForceCommand)',
      cause: error,
    });
  if (error instanceof TransportError) return error;
  return new TransportError(error instanceof Error ? error.message : String(error), { retry: true, cause: error });
}
