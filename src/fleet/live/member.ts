import type { Session } from '../../collect/session.ts';
import type { Explainer } from '../../incidents/explainer.ts';
import type { LiveHost } from '../../host/host.ts';
import { TransportError } from '../../host/transport.ts';
import { plain } from '../../lib/plain.ts';
import type { Interner } from '../facts.ts';
import type { FleetNote, HostDepth, HostRow, HostState } from '../host-row.ts';
import { SessionRow } from './session-row.ts';

/** Waits between first logins of a host, with a growing factor; one that is up again is seen within the last. */
const FIRST_WAIT_MS = 2000;
const MOST_WAIT_MS = 60_000;

export interface MemberOptions {
  readonly name: string;
  readonly depth: HostDepth;
  /** Opens its light session; `started` is called when its turn begins. */
  readonly open: (started: () => void) => Promise<Session>;
  /** Ends the session once its row is made: for recordings, which do not change. It is opened again for its console. */
  readonly isRowEnough?: boolean | undefined;
  readonly explainer: Explainer;
  readonly intern: Interner;
  readonly nowMs: () => number;
  /** Called after each change of its state or readings. */
  readonly changed: () => void;
}

/** Host of a fleet with its session: logs in again with growing waits, and gives the present row. */
export class Member {
  readonly name: string;
  readonly #options: MemberOptions;
  #session: Session | undefined;
  /** Session of its console, once that was opened. */
  #console: Session | undefined;
  #rows: SessionRow | undefined;
  #state: HostState = 'waiting';
  #why: string | undefined;
  #sinceMs: number;
  #waitMs = FIRST_WAIT_MS;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #isChanged = true;
  #isReleased = false;
  #row: HostRow | undefined;
  /** Notes and end of a recording whose session has ended. */
  #released: { readonly notes: readonly FleetNote[]; readonly atMs: number | undefined } | undefined;

  constructor(options: MemberOptions) {
    this.name = options.name;
    this.#options = options;
    this.#sinceMs = options.nowMs();
  }

  get isTried(): boolean {
    return this.#state !== 'waiting' && this.#state !== 'connecting';
  }

  /** Reason for which it is not tried again. */
  get failure(): string | undefined {
    return this.#state === 'failed' ? this.#why : undefined;
  }

  /** Cost of its sessions on the host and the network; undefined where not measured. */
  get cost(): { readonly hostCpuPct: number | undefined; readonly wireBytesPerSec: number | undefined } {
    // Sessions on one connection measure the same cost.
    const byHost = new Map(this.sessions.map((session) => [session.host, session]));
    const both = [...byHost.values()].map((session) => session.status());
    return {
      hostCpuPct: sumOf(both.map(({ hostCpuPct }) => hostCpuPct)),
      wireBytesPerSec: sumOf(both.map(({ wireBytesPerSec }) => wireBytesPerSec)),
    };
  }

  /** Its sessions: that of its row, and of its console. */
  get sessions(): readonly Session[] {
    return [this.#session, this.#console].flatMap((session) => session ?? []);
  }

  /** Connection that a sudo password is for: that of its console, else of its row. */
  get live(): LiveHost | undefined {
    return (this.#console ?? this.#session)?.live;
  }

  /** Session of its row before its console was opened. */
  get light(): Session | undefined {
    return this.#session;
  }

  /** The session that its console shows; undefined before it was opened, and for a recording the only one. */
  get console(): Session | undefined {
    return this.#console ?? (this.#options.depth === 'record' ? this.#session : undefined);
  }

  /** Logs in; resolves when that worked or failed. A failure that a retry may cure is tried again later. */
  async start(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const session = await this.#options.open(() => this.#set('connecting'));
      if (this.#isStopped) return session.stop();
      this.#adopt(session);
      this.#session = session;
      this.#set('live');
      if (this.#options.isRowEnough) await this.#release(session);
    } catch (error) {
      if (this.#isStopped) return;
      const retry = error instanceof TransportError && error.retry;
      this.#set(retry ? 'lost' : 'failed', plain(error instanceof Error ? error.message : String(error)));
      if (!retry) return;
      this.#timer = setTimeout(() => void this.start(), this.#waitMs * (0.8 + 0.4 * Math.random()));
      this.#waitMs = Math.min(MOST_WAIT_MS, this.#waitMs * 2);
    }
  }

  /** Makes the session of its console that of its row. */
  watch(session: Session): void {
    this.#console = session;
    // The row of a recording is that of its end, wherever its console stands.
    if (this.#isReleased) return;
    this.#adopt(session);
    this.#set('live');
  }

  /** Its row; the same object while nothing changed. */
  row(nowMs: number): HostRow {
    if (this.#row && (!this.#isChanged || this.#isReleased)) return this.#row;
    this.#isChanged = false;
    const { depth } = this.#options;
    this.#row = this.#rows?.at(this.name, this.#console ? 'watch' : depth, this.#sinceMs, nowMs) ?? {
      name: this.name,
      depth,
      state: this.#state,
      why: this.#why,
      sinceMs: this.#sinceMs,
      problems: undefined,
      figures: {},
      facts: [],
    };
    return this.#row;
  }

  /** Markers and notes that were set in its console or are in its recording. */
  get notes(): readonly FleetNote[] {
    const { sessions } = this;
    if (sessions.length === 0) return this.#released?.notes ?? [];
    return sessions.flatMap((session) => notesOf(this.name, session));
  }

  /** Position of its recording; undefined for a live host, and before it was read. */
  get positionMs(): number | undefined {
    return this.console?.replay?.positionMs() ?? this.#session?.replay?.positionMs() ?? this.#released?.atMs;
  }

  async #release(session: Session): Promise<void> {
    this.row(this.#options.nowMs());
    this.#released = { notes: notesOf(this.name, session), atMs: session.replay?.positionMs() };
    this.#isReleased = true;
    this.#rows = undefined;
    this.#session = undefined;
    await session.stop();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await Promise.allSettled([this.#session?.stop(), this.#console?.stop()]);
  }

  #adopt(session: Session): void {
    this.#rows = new SessionRow(session, this.#options.explainer, this.#options.intern);
    session.subscribe(this.#touched);
  }

  readonly #touched = (): void => {
    this.#isChanged = true;
    this.#options.changed();
  };

  #set(state: HostState, why?: string): void {
    // A host that is tried again stays unreachable, with its reason, until a login worked.
    if (state === 'connecting' && this.#state === 'lost') return;
    if (state !== this.#state || why !== this.#why) {
      if (state !== this.#state) this.#sinceMs = this.#options.nowMs();
      [this.#state, this.#why] = [state, why];
    }
    this.#touched();
  }
}

const notesOf = (host: string, session: Session): readonly FleetNote[] =>
  session
    .marks()
    .filter(({ kind }) => kind === 'marker' || kind === 'note')
    .map(({ wallMs, text }) => ({ atMs: wallMs, host, text }));

const sumOf = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
};
