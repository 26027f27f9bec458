import type { AuditEntry } from '../../host/audit.ts';
import { missing, type Host } from '../../host/host.ts';
import { newestReading, StandingFindings } from '../../collect/standing-findings.ts';
import { FindingsAt } from '../../collect/findings-at.ts';
import type { Mark, Session, StandingFinding, Status } from '../../collect/session.ts';
import { watchMemory } from '../../collect/watch-memory.ts';
import { judge } from '../../findings/judge.ts';
import { byRank } from '../../findings/order.ts';
import { statement } from '../../findings/statement.ts';
import type { Explainer } from '../../incidents/explainer.ts';
import { Timeline } from '../../timeline/timeline.ts';
import { interner, type Interner } from '../facts.ts';
import { fleet } from '../fleet-source.ts';
import { foldNames } from '../../lib/fold-names.ts';
import type { FleetNote, FleetSample, HostDepth } from '../host-row.ts';
import { fleetRules } from '../rules.ts';
import { GroupUnlock, isLocked, type GroupResult } from './group-unlock.ts';
import { Member } from './member.ts';
import type { GatheredQuestions } from './questions.ts';

const TICK_MS = 1000;
const QUIET_TICK_MS = 3000;
/** Memory of a row that differs from the one before, KiB. */
const ROW_KIB = 1;

/** Markers and notes of a recorded set, in a file. */
export interface SetNotes {
  readonly marks: readonly Mark[];
  /** Notes among other marks, by time. */
  readonly among: (others: readonly Mark[]) => readonly Mark[];
  /** Appends one; the result is the path of the file. Throws where it cannot be saved. */
  readonly add: (t: number, text: string, made: number, host?: string) => string;
}

export interface FleetOptions {
  readonly names: readonly string[];
  readonly depth: HostDepth;
  /** Opens the light session of a host, or its recording. */
  readonly open: (name: string, intern: Interner, started: () => void) => Promise<Session>;
  /** Opens the session of a host's console; absent where the session of the row is the same. `light`: that of its row. */
  readonly openConsole?: ((name: string, light: Session | undefined) => Promise<Session>) | undefined;
  /** Ends the session of a recording once its row is made; its console opens it again. */
  readonly isRowEnough?: boolean | undefined;
  /** Questions of the logins, asked together once all hosts were tried. */
  readonly questions?: GatheredQuestions | undefined;
  readonly explainer: Explainer;
  readonly audit?: (() => readonly AuditEntry[]) | undefined;
  /** File of the markers and notes of a recorded set. */
  readonly notes?: SetNotes | undefined;
  readonly nowMs: () => number;
}

/** Session of a fleet: its samples are rows of hosts, each from the session of its host. */
export class FleetSession implements Session {
  readonly host: Host;
  readonly live = undefined;
  readonly timeline = new Timeline();
  readonly replay = undefined;
  readonly #options: FleetOptions;
  readonly #members = new Map<string, Member>();
  readonly #intern = interner();
  readonly #listeners = new Set<() => void>();
  readonly #standing = new StandingFindings();
  readonly #back: FindingsAt;
  readonly #readMs: (rule: string) => number;
  readonly #marks: Mark[] = [];
  readonly #unlock = new GroupUnlock();
  readonly #opening = new Map<string, Promise<Session>>();
  readonly #timer: NodeJS.Timeout;
  readonly #stopMemory: () => void;
  #isChanged = true;
  #isAsking = false;
  /** Worst CPU share of a host, and bytes of all. */
  #cost: Pick<Status, 'hostCpuPct' | 'wireBytesPerSec'> = { hostCpuPct: undefined, wireBytesPerSec: undefined };
  #reads = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
    const members = this.#members;
    this.host = {
      get name() {
        return foldNames([...members.keys()]);
      },
      kind: 'recorded',
      read: async () => missing('absent', 'a fleet is read host by host: open one'),
      close: async () => undefined,
    };
    this.#back = new FindingsAt(this.timeline, fleetRules);
    this.#readMs = newestReading(fleetRules, (source) => this.timeline.latest(source)?.wallMs);
    for (const name of options.names) this.#enter(name);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#stopMemory = watchMemory(this.timeline);
  }

  #enter(name: string): Member {
    const { depth, explainer, nowMs, open, isRowEnough } = this.#options;
    const member = new Member({
      name,
      depth,
      explainer,
      intern: this.#intern,
      isRowEnough,
      nowMs,
      open: (started) => open(name, this.#intern, started),
      changed: () => {
        this.#isChanged = true;
      },
    });
    this.#members.set(name, member);
    return member;
  }

  /** Names of the hosts, in the order in which they came. */
  names(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** Logs in to further hosts; those that are there already stay as they are. Resolves when each was tried once. */
  async add(names: readonly string[]): Promise<void> {
    const added = names.filter((name) => !this.#members.has(name)).map((name) => this.#enter(name));
    this.judgeNow();
    await Promise.all(added.map((member) => member.start()));
    this.judgeNow();
  }

  /** Ends the sessions of hosts; their rows go. The last host stays: a fleet without one shows nothing. */
  async drop(names: readonly string[]): Promise<void> {
    const dropped = names.flatMap((name) => this.#members.get(name) ?? []);
    if (dropped.length >= this.#members.size) throw new RangeError('the last host stays: quit to end its connection');
    for (const { name } of dropped) this.#members.delete(name);
    this.judgeNow();
    await Promise.all(dropped.map((member) => member.stop()));
  }

  /** Logs in to all hosts; resolves when each was tried once. */
  async start(): Promise<void> {
    this.#tick();
    await Promise.all([...this.#members.values()].map((member) => member.start()));
    this.#tick();
  }

  /** Session of the console of a host, kept until the end: its row then has all of its incidents. */
  async open(name: string): Promise<Session> {
    const member = this.#members.get(name);
    if (!member) throw new RangeError(`${name}: not in this fleet`);
    if (member.console) return member.console;
    const { openConsole } = this.#options;
    if (!openConsole)
      throw new RangeError(`${name}: its recording is not open: ${member.row(this.#options.nowMs()).why ?? ''}`);
    const opening =
      this.#opening.get(name) ?? openConsole(name, member.light).finally(() => this.#opening.delete(name));
    this.#opening.set(name, opening);
    const session = await opening;
    if (member.console === undefined) member.watch(session);
    return session;
  }

  /** Connected hosts without root. */
  locked(): readonly string[] {
    return [...this.#members.values()].flatMap(({ name, live }) => (live && isLocked(live) ? [name] : []));
  }

  /** Passwords that sudo refused since one was accepted. */
  refusals(): number {
    return this.#unlock.refusals;
  }

  /** Passes a sudo password to hosts of `locked`. */
  unlock(names: readonly string[], password: string): Promise<readonly GroupResult[]> {
    const hosts = names.flatMap((name) => {
      const live = this.#members.get(name)?.live;
      return live && isLocked(live) ? [{ name, unlockRoot: live.unlockRoot }] : [];
    });
    return this.#unlock.run(hosts, password);
  }

  /** Sessions of the hosts that are open: names of their readings are learned before anything is given out. */
  readonly sessions = (): readonly Session[] => [...this.#members.values()].flatMap(({ sessions }) => sessions);

  readonly status = (): Status => ({
    link: { state: 'live' },
    root: undefined,
    transport: `${this.#members.size} hosts`,
    ...this.#cost,
    budgetPct: Infinity,
    stretched: false,
    hung: [],
    sources: [
      { id: fleet.id, everySeconds: 1, restSeconds: 1, periodSeconds: 1, tookMs: undefined, bytes: undefined, reads: this.#reads, waitingSinceMs: undefined, missing: {} },
    ],
  }); // prettier-ignore

  readonly findings = (): readonly StandingFinding[] => {
    const { cursorMs } = this.timeline;
    return cursorMs === undefined ? this.#standing.all().toSorted(byRank) : this.#back.at(cursorMs, this.#marks);
  };

  /** Hosts at the last tick. */
  // The tick appends nothing else.
  readonly sample = (): FleetSample | undefined => this.timeline.latest(fleet.id)?.sample as FleetSample | undefined;

  readonly show = (): void => undefined;
  readonly readDetail: Session['readDetail'] = async () => ({ sample: undefined, missing: {} });
  readonly raw = () => [];
  readonly audit = () => this.#options.audit?.() ?? [];
  readonly marks = (): readonly Mark[] => this.#options.notes?.among(this.#marks) ?? this.#marks;

  get keepsMarks(): boolean {
    return this.#options.notes !== undefined;
  }

  /** Sets a marker or note of the fleet, or of one of its hosts; of recordings at the end of the newest, or of that host's. */
  readonly mark = (text: string, host?: string): string | undefined => {
    const { notes, nowMs } = this.#options;
    const path = notes?.add(this.#positionMs(host) ?? nowMs(), text, nowMs(), host);
    if (!notes) this.#marks.push({ wallMs: nowMs(), kind: text === '' ? 'marker' : 'note', text, host });
    this.judgeNow();
    return path;
  };

  #positionMs(host: string | undefined): number | undefined {
    if (host !== undefined) return this.#members.get(host)?.positionMs;
    const ends = [...this.#members.values()].flatMap(({ positionMs }) => positionMs ?? []);
    return ends.length === 0 ? undefined : Math.max(...ends);
  }

  /** Markers and notes of the fleet and of its hosts, by time. */
  #notes(): readonly FleetNote[] {
    const own = (this.#options.notes?.marks ?? this.#marks)
      .filter(({ kind }) => kind === 'marker' || kind === 'note')
      .map(({ wallMs, host, text }): FleetNote => ({ atMs: wallMs, host, text }));
    const ofHosts = [...this.#members.values()].flatMap(({ notes }) => notes);
    return [...own, ...ofHosts].toSorted((one, other) => one.atMs - other.atMs);
  }

  readonly subscribe = (listen: () => void): (() => void) => {
    this.#listeners.add(listen);
    return () => this.#listeners.delete(listen);
  };

  readonly stop = async (): Promise<void> => {
    clearInterval(this.#timer);
    this.#stopMemory();
    this.#listeners.clear();
    await Promise.all([...this.#members.values()].map((member) => member.stop()));
  };

  /** Puts the rows of hosts together and judges them. */
  readonly judgeNow = (): void => {
    this.#isChanged = true;
    this.#tick();
  };

  #tick(): void {
    const nowMs = this.#options.nowMs();
    void this.#askQuestions();
    // A host that does not respond sends no change, and its time grows.
    if (!this.#isChanged && nowMs - (this.timeline.latest(fleet.id)?.wallMs ?? -Infinity) < QUIET_TICK_MS) return;
    this.#isChanged = false;
    const before = new Map(this.sample()?.hosts.map((row) => [row.name, row]));
    const hosts = [...this.#members.values()].map((member) => member.row(nowMs));
    const changed = hosts.filter((row) => row !== before.get(row.name)).length;
    this.#reads++;
    this.#cost = costOf([...this.#members.values()]);
    this.timeline.append(fleet.id, {
      sample: { hosts, notes: this.#notes(), atMs: nowMs } satisfies FleetSample,
      at: nowMs / 1000,
      wallMs: nowMs,
      missing: {},
      tookMs: 0,
      weightKiB: changed * ROW_KIB,
    });
    const judged = judge(fleetRules, (needs) => this.timeline.latestMoment(needs, nowMs));
    const { begun } = this.#standing.update(judged, nowMs, this.#readMs, () => nowMs);
    for (const finding of begun) {
      const { severity, key } = finding;
      this.#marks.push({ wallMs: nowMs, kind: 'finding', severity, key, text: statement(finding) });
    }
    for (const listen of this.#listeners) listen();
  }

  /** Asks what logins asked, once each host was tried; a host whose question got a yes logs in again. */
  async #askQuestions(): Promise<void> {
    const { questions } = this.#options;
    if (!questions || this.#isAsking || questions.pending.length === 0) return;
    if ([...this.#members.values()].some((member) => !member.isTried)) return;
    this.#isAsking = true;
    await questions
      .ask((hosts) => this.#again(hosts))
      .finally(() => {
        this.#isAsking = false;
      });
  }

  /** Logs in again to hosts whose question got a yes, and to those that failed for the same reason behind the same jump host. */
  #again(hosts: readonly string[]): void {
    const reasons = new Set(hosts.map((name) => this.#members.get(name)?.failure));
    for (const [name, member] of this.#members)
      if (hosts.includes(name) || (member.failure !== undefined && reasons.has(member.failure))) void member.start();
  }
}

function costOf(members: readonly Member[]): Pick<Status, 'hostCpuPct' | 'wireBytesPerSec'> {
  const costs = members.map(({ cost }) => cost);
  const shares = costs.flatMap(({ hostCpuPct }) => hostCpuPct ?? []);
  const rates = costs.flatMap(({ wireBytesPerSec }) => wireBytesPerSec ?? []);
  return {
    hostCpuPct: shares.length === 0 ? undefined : Math.max(...shares),
    wireBytesPerSec: rates.length === 0 ? undefined : rates.reduce((sum, rate) => sum + rate, 0),
  };
}
