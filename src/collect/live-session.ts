import type { Audit } from '../host/audit.ts';
import type { Host, LiveHost, Missing, Read } from '../host/host.ts';
import type { AnyFinding } from '../findings/finding.ts';
import { hiddenGap, hiddenIn } from '../entities/processes/hidden-processes.ts';
import { statement } from '../findings/statement.ts';
import { judge } from '../findings/judge.ts';
import type { AnySource, BoundDetail } from '../sources/source.ts';
import { Timeline } from '../timeline/timeline.ts';
import { watchMemory } from './watch-memory.ts';
import { SourceReader, type ReadResult } from './source-reader.ts';
import { FindingsAt } from './findings-at.ts';
import { newestReading, StandingFindings } from './standing-findings.ts';
import { CostMeter } from './cost-meter.ts';
import { rawText } from './raw-text.ts';
import { RoundRing, sizeOf, type Round } from './round-ring.ts';
import { Schedule } from './schedule.ts';
import type { Kept, Mark, Session, SourceStatus, StandingFinding, Status } from './session.ts';

const TICK_MS = 100;
const JUDGE_EVERY_MS = 1000;

export interface LiveSessionOptions {
  readonly host: Host;
  readonly live: LiveHost | undefined;
  readonly audit: Audit | undefined;
  readonly sources: readonly AnySource[];
  readonly findings: readonly AnyFinding[];
  /** CPU budget on the host, percent of one core. */
  readonly budgetPct: number;
  readonly nowMs: () => number;
  /** Period in which due sources are looked for. Default: 100 ms; hundreds of sessions need a longer one. */
  readonly tickMs?: number | undefined;
}

interface SourceRecord {
  tookMs: number | undefined;
  bytes: number;
  reads: number;
  waitingSinceMs: number | undefined;
  missing: Readonly<Record<string, Missing>>;
  last: ReadResult | undefined;
}

/** Session of one live host: reads due sources, fills the timeline, evaluates findings, measures the cost. */
export class LiveSession implements Session {
  readonly host: Host;
  readonly live: LiveHost | undefined;
  readonly timeline = new Timeline();
  readonly #options: LiveSessionOptions;
  readonly #reader: SourceReader;
  readonly #schedule: Schedule;
  readonly #meter: CostMeter;
  readonly #back: FindingsAt;
  readonly #records = new Map<string, SourceRecord>();
  readonly #standing = new StandingFindings();
  readonly #readMs: (rule: string) => number;
  readonly #listeners = new Set<() => void>();
  readonly #recorders = new Set<(round: Round) => void>();
  readonly #latest = new Map<string, Round>();
  #ring: RoundRing | undefined;
  #shown: readonly string[] = [];
  #kept: readonly string[] = [];
  readonly #marks: Mark[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #stopMemory: () => void;
  #judgedMs = 0;
  /** Host's monotonic clock minus the local clock, seconds. */
  #clockOffset = 0;
  #unjudged = false;
  #wasLive = true;
  #wasRoot: boolean;

  constructor(options: LiveSessionOptions) {
    this.#options = options;
    this.host = options.host;
    this.live = options.live;
    this.#reader = new SourceReader(options.host);
    this.#schedule = new Schedule(options.sources, options.budgetPct);
    this.#meter = new CostMeter(options.live);
    this.#back = new FindingsAt(this.timeline, options.findings);
    this.#readMs = newestReading(options.findings, (source) => this.timeline.latest(source)?.wallMs);
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
    this.#timer = setInterval(() => this.#tick(), options.tickMs ?? TICK_MS);
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
      joined: live?.connection?.()?.joined,
      hostCpuPct: this.#meter.hostCpuPct,
      hostCpuSeconds: this.#meter.hostCpuSeconds,
      budgetPct: this.#options.budgetPct,
      wireBytesPerSec: this.#meter.wireBytesPerSec,
      stretched: this.#schedule.stretched,
      hung: live?.hung() ?? [],
      sources: this.#options.sources.map((source) => this.#sourceStatus(source, hidden)),
    };
  };

  readonly findings = (): readonly StandingFinding[] => {
    const { cursorMs } = this.timeline;
    return cursorMs === undefined ? this.standing() : this.#back.at(cursorMs, this.#marks);
  };
  /** Present findings, independent of the cursor. */
  readonly standing = (): readonly StandingFinding[] => this.#standing.all();
  readonly show = (sourceIds: readonly string[]): void => {
    this.#shown = sourceIds;
    this.#schedule.show([...this.#shown, ...this.#kept]);
  };
  readonly keep = (kept: Kept | undefined): void => {
    this.#kept = kept?.sources ?? [];
    this.#ring = kept && new RoundRing(kept.forMs);
    this.show(this.#shown);
  };
  readonly replay = undefined;
  readonly marks = (): readonly Mark[] => this.#marks;
  readonly mark = (text: string): undefined => {
    this.#marks.push({ wallMs: this.#options.nowMs(), kind: text === '' ? 'marker' : 'note', text });
    this.#changed();
  };
  readonly audit = () => this.#options.audit?.entries ?? [];

  readonly readDetail = async (
    detail: BoundDetail,
  ): Promise<{ sample: unknown; missing: Readonly<Record<string, Missing>> }> => {
    const startMs = this.#options.nowMs();
    const asked = await this.#reader.read(detail);
    const wallMs = this.#options.nowMs();
    this.#took({ source: detail.id, asked, wallMs, tookMs: wallMs - startMs, look: true });
    this.#records.set(detail.id, { ...this.#blank(), last: asked, missing: asked.missing });
    return { sample: asked.sample, missing: { ...asked.missing, ...hiddenGap(detail, hiddenIn(this.timeline)) } };
  };

  readonly raw = (sourceId: string): readonly { readonly read: Read; readonly text: string }[] =>
    (this.#records.get(sourceId)?.last?.readings ?? []).map(({ read, reading }) => ({ read, text: rawText(reading) }));

  readonly subscribe = (listen: () => void): (() => void) => {
    this.#listeners.add(listen);
    return () => this.#listeners.delete(listen);
  };

  /** Calls `take` with the last round of each source, or all that are kept, and with every new one; the result unsubscribes. */
  readonly onRound = (take: (round: Round) => void): (() => void) => {
    const kept = new Set(this.#ring?.rounds);
    for (const round of this.#latest.values()) if (!kept.has(round)) take(round);
    for (const round of kept) take(round);
    this.#recorders.add(take);
    return () => this.#recorders.delete(take);
  };

  /** Time of the first kept round. */
  readonly keptSinceMs = (): number | undefined => this.#ring?.rounds[0]?.wallMs;

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
    // Without a connection the readings become stale.
    if (state === 'lost' || state === 'closed') return;
    for (const source of this.#schedule.take(nowMs)) void this.#read(source);
    this.#judge(nowMs);
  }

  async #read(source: AnySource): Promise<void> {
    const record = this.#records.get(source.id) ?? this.#blank();
    const startMs = this.#options.nowMs();
    record.waitingSinceMs = startMs;
    const asked = await this.#reader.read(source);
    record.waitingSinceMs = undefined;
    const wallMs = this.#options.nowMs();
    record.reads++;
    record.tookMs = wallMs - startMs;
    const down = this.live !== undefined && this.live.link().state !== 'live' && asked.at === undefined;
    const isAbsent = asked.at === undefined && Object.values(asked.missing).every(({ why }) => why === 'absent');
    // On a host that is slow for a moment a part times out: what is read once would be missing for the session.
    const isWhole = Object.values(asked.missing).every(({ why }) => why !== 'timeout');
    this.#schedule.finished(source, isWhole, asked.paceSeconds, isAbsent);
    // Failures of a lost connection are no readings.
    if (down) return;
    record.missing = asked.missing;
    record.last = asked;
    record.bytes += asked.readings.reduce((total, { reading }) => total + sizeOf(reading), 0);
    if (asked.at !== undefined) this.#clockOffset = asked.at - wallMs / 1000;
    const round = { source: source.id, asked, wallMs, tookMs: record.tookMs, look: false };
    this.#latest.set(source.id, round);
    this.#took(round);
    this.timeline.append(source.id, {
      sample: asked.sample,
      at: asked.at ?? this.#hostSeconds(wallMs),
      wallMs,
      missing: asked.missing,
      parts: asked.parts,
      tookMs: record.tookMs,
      weightKiB: source.weightKiB?.(asked.sample),
    });
    this.#schedule.changed(source, asked.sample);
    this.#unjudged = true;
    this.#changed();
  }

  #took(round: Round): void {
    this.#ring?.add(round);
    for (const take of this.#recorders) take(round);
  }

  /** Called by the tick, so that samples of one time are evaluated together, and the last ones of a burst too. */
  #judge(nowMs: number): void {
    if (this.#unjudged && nowMs - this.#judgedMs >= JUDGE_EVERY_MS) this.judgeNow();
  }

  /** Evaluates findings now, without the tick: for a report. */
  readonly judgeNow = (): void => {
    const nowMs = this.#options.nowMs();
    this.#judgedMs = nowMs;
    this.#unjudged = false;
    const judged = judge(this.#options.findings, (needs) => this.timeline.latestMoment(needs, nowMs));
    const { begun, isChanged } = this.#standing.update(judged, nowMs, this.#readMs, () => nowMs);
    for (const finding of begun) {
      const { severity, key } = finding;
      this.#marks.push({ wallMs: nowMs, kind: 'finding', severity, key, text: statement(finding) });
    }
    this.#schedule.judge(this.#sourcesOfCrit());
    if (isChanged) this.#changed();
  };

  #sourcesOfCrit(): readonly string[] {
    const crit = new Set(this.standing().flatMap(({ severity, rule }) => (severity === 'crit' ? [rule] : [])));
    return this.#options.findings.flatMap(({ id, needs }) =>
      crit.has(id) ? Object.values<AnySource>(needs).map((source) => source.id) : [],
    );
  }

  #linkChanged(): void {
    const live = this.live?.link().state === 'live';
    const root = this.live?.root().state === 'root';
    // Denied reads are repeated with root.
    if (root && !this.#wasRoot) this.#schedule.again();
    this.#wasRoot = root;
    if (live && !this.#wasLive) this.#schedule.again();
    this.#wasLive = live;
    this.#changed();
  }

  /** Estimated host clock, for a sample without any value. */
  #hostSeconds(wallMs: number): number {
    return wallMs / 1000 + this.#clockOffset;
  }

  #sourceStatus(source: AnySource, hidden: string | undefined): SourceStatus {
    const { tookMs, bytes, reads, waitingSinceMs, missing } = this.#records.get(source.id) ?? this.#blank();
    const everySeconds = source.everySeconds === 'once' ? Infinity : source.everySeconds;
    return {
      id: source.id,
      everySeconds,
      restSeconds: this.#schedule.restSeconds(source),
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
