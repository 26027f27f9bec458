import type { Audit } from '../host/audit.ts';
import type { Host, LiveHost, Missing, Read } from '../host/host.ts';
import type { AnyFinding } from '../findings/finding.ts';
import { hiddenGap, hiddenIn } from '../entities/processes/hidden-processes.ts';
import { statement } from '../findings/statement.ts';
import { findingKey } from '../findings/finding-key.ts';
import { judge } from '../findings/judge.ts';
import type { AnySource, BoundDetail } from '../sources/source.ts';
import { Timeline } from '../timeline/timeline.ts';
import { watchMemory } from './watch-memory.ts';
import { Asker, type ReadResult } from './ask.ts';
import { FindingsAt } from './findings-at.ts';
import { CostMeter } from './cost-meter.ts';
import { rawText } from './raw-text.ts';
import { Schedule } from './schedule.ts';
import type { Mark, Session, SourceStatus, StandingFinding, Status } from './session.ts';

const TICK_MS = 100;
/** A finding that stops speaking stays this long: a value that swings about a threshold must not flicker. */
const FINDING_STAYS_MS = 10_000;
const JUDGE_EVERY_MS = 1000;

export interface LiveSessionOptions {
  readonly host: Host;
  readonly live: LiveHost | undefined;
  readonly audit: Audit | undefined;
  readonly sources: readonly AnySource[];
  readonly findings: readonly AnyFinding[];
  /** Share of one core of the host that we may use, percent. */
  readonly budgetPct: number;
  readonly nowMs: () => number;
}

/** One reading of a source, or a closer look, as it came: for a recorder. */
export interface Round {
  readonly source: string;
  readonly asked: ReadResult;
  readonly wallMs: number;
  readonly tookMs: number;
  readonly look: boolean;
}

interface SourceRecord {
  tookMs: number | undefined;
  bytes: number;
  reads: number;
  waitingSinceMs: number | undefined;
  missing: Readonly<Record<string, Missing>>;
  last: ReadResult | undefined;
}

/** Watches one host: reads what is due, keeps it on the timeline, judges it, and says what that costs. */
export class LiveSession implements Session {
  readonly host: Host;
  readonly live: LiveHost | undefined;
  readonly timeline = new Timeline();
  readonly #options: LiveSessionOptions;
  readonly #asker: Asker;
  readonly #schedule: Schedule;
  readonly #meter: CostMeter;
  readonly #back: FindingsAt;
  readonly #records = new Map<string, SourceRecord>();
  readonly #standing = new Map<string, StandingFinding>();
  readonly #listeners = new Set<() => void>();
  readonly #recorders = new Set<(round: Round) => void>();
  readonly #latest = new Map<string, Round>();
  readonly #marks: Mark[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #stopMemory: () => void;
  #judgedMs = 0;
  /** The host's monotonic clock less ours, seconds. */
  #clockOffset = 0;
  #unjudged = false;
  #wasLive = true;
  #wasRoot: boolean;

  constructor(options: LiveSessionOptions) {
    this.#options = options;
    this.host = options.host;
    this.live = options.live;
    this.#asker = new Asker(options.host);
    this.#schedule = new Schedule(options.sources, options.budgetPct);
    this.#meter = new CostMeter(options.live);
    this.#back = new FindingsAt(this.timeline, options.findings);
    this.#wasRoot = options.live?.root().state === 'root';
    for (const source of options.sources)
      this.#records.set(source.id, {
        tookMs: undefined,
        bytes: 0,
        reads: 0,
        waitingSinceMs: undefined,
        missing: {},
        last: undefined,
      });
    options.live?.onChange(() => this.#linkChanged());
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#stopMemory = watchMemory(this.timeline);
    this.#tick();
  }

  readonly status = (): Status => {
    const { live } = this;
    const hidden = hiddenIn(this.timeline);
    return {
      link: live?.link() ?? { state: 'live' },
      root: live?.root(),
      transport: live?.transport() ?? this.host.kind,
      hostCpuPct: this.#meter.hostCpuPct,
      budgetPct: this.#options.budgetPct,
      wireBytesPerSec: this.#meter.wireBytesPerSec,
      stretched: this.#schedule.stretched,
      sources: this.#options.sources.map((source) => this.#sourceStatus(source, hidden)),
    };
  };

  readonly findings = (): readonly StandingFinding[] => {
    const { cursorMs } = this.timeline;
    return cursorMs === undefined ? this.standing() : this.#back.at(cursorMs, this.#marks);
  };
  /** Those of now, wherever somebody looks. */
  readonly standing = (): readonly StandingFinding[] => [...this.#standing.values()];
  readonly show = (sourceIds: readonly string[]): void => this.#schedule.show(sourceIds);
  readonly replay = undefined;
  readonly marks = (): readonly Mark[] => this.#marks;
  readonly mark = (text: string): void => {
    this.#marks.push({ wallMs: this.#options.nowMs(), kind: text === '' ? 'marker' : 'note', text });
    this.#changed();
  };
  readonly audit = () => this.#options.audit?.entries ?? [];

  readonly look = async (
    detail: BoundDetail,
  ): Promise<{ sample: unknown; missing: Readonly<Record<string, Missing>> }> => {
    const startMs = this.#options.nowMs();
    const asked = await this.#asker.ask(detail);
    const wallMs = this.#options.nowMs();
    for (const take of this.#recorders)
      take({ source: detail.id, asked, wallMs, tookMs: wallMs - startMs, look: true });
    this.#records.set(detail.id, { ...this.#blank(), last: asked, missing: asked.missing });
    return { sample: asked.sample, missing: asked.missing };
  };

  readonly raw = (sourceId: string): readonly { readonly read: Read; readonly text: string }[] =>
    (this.#records.get(sourceId)?.last?.readings ?? []).map(({ read, reading }) => ({ read, text: rawText(reading) }));

  readonly subscribe = (listen: () => void): (() => void) => {
    this.#listeners.add(listen);
    return () => this.#listeners.delete(listen);
  };

  /** Every round from here on, after the last one of each source until now; the result stops it. */
  readonly onRound = (take: (round: Round) => void): (() => void) => {
    for (const round of this.#latest.values()) take(round);
    this.#recorders.add(take);
    return () => this.#recorders.delete(take);
  };

  readonly stop = async (): Promise<void> => {
    clearInterval(this.#timer);
    this.#stopMemory();
    this.#listeners.clear();
    await this.host.close();
  };

  #tick(): void {
    const nowMs = this.#options.nowMs();
    const spent = this.#meter.measure(nowMs);
    if (spent !== undefined) {
      this.#schedule.spent(spent);
      this.#changed();
    }
    const state = this.live?.link().state ?? 'live';
    // A line that is down answers nothing: what we have grows old, and is shown so.
    if (state === 'lost' || state === 'closed') return;
    for (const source of this.#schedule.take(nowMs)) void this.#read(source);
    this.#judge(nowMs);
  }

  async #read(source: AnySource): Promise<void> {
    const record = this.#records.get(source.id) ?? this.#blank();
    const startMs = this.#options.nowMs();
    record.waitingSinceMs = startMs;
    const asked = await this.#asker.ask(source);
    record.waitingSinceMs = undefined;
    const wallMs = this.#options.nowMs();
    record.reads++;
    record.tookMs = wallMs - startMs;
    const down = this.live !== undefined && this.live.link().state !== 'live' && asked.at === undefined;
    this.#schedule.finished(
      source,
      asked.at !== undefined || Object.values(asked.missing).every(({ why }) => why === 'absent'),
      asked.paceSeconds,
    );
    // What failed because the line went away says nothing about the host.
    if (down) return;
    record.missing = asked.missing;
    record.last = asked;
    record.bytes += asked.readings.reduce((total, { reading }) => total + sizeOf(reading), 0);
    if (asked.at !== undefined) this.#clockOffset = asked.at - wallMs / 1000;
    const round = { source: source.id, asked, wallMs, tookMs: record.tookMs, look: false };
    this.#latest.set(source.id, round);
    for (const take of this.#recorders) take(round);
    this.timeline.append(source.id, {
      sample: asked.sample,
      at: asked.at ?? this.#hostSeconds(wallMs),
      wallMs,
      missing: asked.missing,
      tookMs: record.tookMs,
      weightKiB: source.weightKiB?.(asked.sample),
    });
    this.#unjudged = true;
    this.#changed();
  }

  /** From the tick, so that samples of one time are judged together, and the last ones of a burst are not left out. */
  #judge(nowMs: number): void {
    if (this.#unjudged && nowMs - this.#judgedMs >= JUDGE_EVERY_MS) this.judgeNow();
  }

  /** What is known by now, without waiting for the next turn: for whoever looks once and leaves. */
  readonly judgeNow = (): void => {
    const nowMs = this.#options.nowMs();
    this.#judgedMs = nowMs;
    this.#unjudged = false;
    let news = false;
    for (const { rule, ...found } of judge(this.#options.findings, (needs) =>
      this.timeline.latestMoment(needs, nowMs),
    )) {
      const key = findingKey({ rule, ...found });
      const before = this.#standing.get(key);
      const begins = before === undefined || (before.past !== undefined && found.past === undefined);
      if (begins)
        this.#marks.push({ wallMs: nowMs, kind: 'finding', severity: found.severity, key, text: statement(found) });
      news ||= begins || before.sentence !== found.sentence || before.severity !== found.severity;
      this.#standing.set(key, {
        ...found,
        rule,
        key,
        sinceMs: begins ? nowMs : before.sinceMs,
        seenMs: nowMs,
      });
    }
    for (const [key, finding] of this.#standing)
      if (nowMs - finding.seenMs > FINDING_STAYS_MS) news = this.#standing.delete(key);
    if (news) this.#changed();
  };

  #linkChanged(): void {
    const live = this.live?.link().state === 'live';
    const root = this.live?.root().state === 'root';
    // What was denied before is read again with root's rights.
    if (root && !this.#wasRoot) this.#schedule.again();
    this.#wasRoot = root;
    if (live && !this.#wasLive) this.#schedule.again();
    this.#wasLive = live;
    this.#changed();
  }

  /** The host's own clock as far as it is known: a sample that failed altogether brings no time of its own. */
  #hostSeconds(wallMs: number): number {
    return wallMs / 1000 + this.#clockOffset;
  }

  #sourceStatus(source: AnySource, hidden: string | undefined): SourceStatus {
    const { tookMs, bytes, reads, waitingSinceMs, missing } = this.#records.get(source.id) ?? this.#blank();
    const everySeconds = source.everySeconds === 'once' ? Infinity : source.everySeconds;
    return {
      id: source.id,
      everySeconds,
      periodSeconds: this.#schedule.periodSeconds(source),
      tookMs,
      bytes,
      reads,
      waitingSinceMs,
      missing: { ...missing, ...hiddenGap(source, hidden) },
    };
  }

  #blank(): SourceRecord {
    return { tookMs: undefined, bytes: 0, reads: 0, waitingSinceMs: undefined, missing: {}, last: undefined };
  }

  #changed(): void {
    for (const listen of this.#listeners) listen();
  }
}

/** Bytes of text that a reading holds; a table or a glob by its strings. */
function sizeOf(reading: ReadResult['readings'][number]['reading']): number {
  if (!reading.ok) return 0;
  if (typeof reading.value === 'string') return reading.value.length;
  if (!(reading.value instanceof Map)) return 0;
  let total = 0;
  for (const value of reading.value.values())
    if (typeof value === 'string') total += value.length;
    else if (typeof value === 'object' && value !== null && 'text' in value) total += String(value.text).length;
  return total;
}
