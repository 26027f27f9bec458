import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry } from '../host/audit.ts';
import type { Host, Read } from '../host/host.ts';
import type { AnyFinding } from '../findings/finding.ts';
import { isKeyOf } from '../findings/finding-key.ts';
import { judge, type Judged } from '../findings/judge.ts';
import type { SarReport } from '../sources/machine/sar-text.ts';
import type { AnySource, BoundDetail } from '../sources/source.ts';
import { notTaken } from '../host/not-taken.ts';
import { FindingsAt } from '../collect/findings-at.ts';
import { newestReading, StandingFindings } from '../collect/standing-findings.ts';
import { rawText } from '../collect/raw-text.ts';
import { watchMemory } from '../collect/watch-memory.ts';
import type { Mark, Replay, Session, StandingFinding, Status } from '../collect/session.ts';
import { Timeline } from '../timeline/timeline.ts';
import type { StatusEvent } from './events.ts';
import { Player } from './player.ts';
import type { Recording } from './recording.ts';
import { recordedDetail, type DetailReading } from './replay-detail.ts';
import { replayEntry, type Round } from './replay-entries.ts';
import { recordedSources } from './recorded-sources.ts';
import { RecordingIndex } from './recording-index.ts';
import { gapsOf, sourceStates } from './replay-sources.ts';
import { Tracks, type Track } from './replay-track.ts';

const TICK_MS = 100;
/** Length of a moment's history. */
const HISTORY_MS = 15 * 60_000;
const JUDGE_EVERY_MS = 1000;

export interface ReplayOptions {
  readonly recording: Recording;
  readonly sources: readonly AnySource[];
  readonly findings: readonly AnyFinding[];
  /** The engineer's clock, ms, which advances the position. */
  readonly clock: () => number;
  /** Start position, ms since 1970; default: the beginning. */
  readonly fromMs?: number | undefined;
}

/** Session of a recording: the timeline holds the readings up to the position, and none after it. */
export class ReplaySession implements Session {
  readonly host: Host;
  readonly live = undefined;
  readonly timeline = new Timeline();
  readonly player: Player;
  readonly replay: Replay;
  readonly #options: ReplayOptions;
  readonly #tracks: Tracks;
  readonly #index: RecordingIndex;
  readonly #back: FindingsAt;
  readonly #sources: ReadonlyMap<string, AnySource>;
  readonly #listeners = new Set<() => void>();
  readonly #last = new Map<string, Round>();
  readonly #counts = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  readonly #stopMemory: () => void;
  readonly #standing = new StandingFindings();
  readonly #readMs: (rule: string) => number;
  #problems: readonly string[] = [];
  /** Sources that the recording does not have. */
  #notRecorded: readonly AnySource[] = [];
  #track: Track | undefined;
  #played = 0;
  #statesPlayed = 0;
  #status: StatusEvent | undefined;
  #judgedMs = -Infinity;
  /** Number of seeks: work of an older one is dropped. */
  #turn = 0;
  /** The seek whose track is on the timeline: nothing is played before. */
  #begun = 0;
  #busy = false;
  /** Index of the oldest segment on the timeline. */
  #oldest = 0;
  /** Memory of the light rounds of the loaded history. */
  #lightKiB = 0;
  #loading: Promise<void> = Promise.resolve();

  private constructor(options: ReplayOptions, player: Player) {
    this.#options = options;
    this.player = player;
    this.replay = {
      startMs: player.startMs,
      endMs: player.endMs,
      positionMs: player.positionMs,
      playing: () => player.playing,
      speed: () => player.speed,
      play: () => player.play(),
      pause: () => player.pause(),
      changeSpeed: (direction) => player.changeSpeed(direction),
      seek: (wallMs) => this.seek(wallMs),
      loadBack: (fromMs) => this.#loadBack(fromMs),
    };
    this.timeline.isOneMoment = player.startMs === player.endMs;
    this.#tracks = new Tracks(options.recording);
    this.sar = options.recording.sar;
    const { notes } = options.recording;
    this.mark = notes && ((text) => notes.add(this.timeline.cursorMs ?? player.positionMs(), text, Date.now()));
    this.#sources = new Map(options.sources.map((source) => [source.id, source]));
    const { head } = options.recording;
    this.host = {
      name: head.host,
      kind: 'recorded',
      read: async (what) => notTaken(what, 'recording'),
      close: () => options.recording.close(),
    };
    this.#back = new FindingsAt(this.timeline, options.findings);
    this.#readMs = newestReading(options.findings, (source) => this.timeline.latest(source)?.wallMs);
    this.#index = new RecordingIndex(options.recording, () => this.#changed());
    this.#timer = setInterval(() => void this.#tick(), TICK_MS);
    this.#stopMemory = watchMemory(this.timeline, () => this.#tracks.limit(this.timeline.retention().limitKiB));
  }

  /** Resolves with the first moment loaded. */
  static async open(options: ReplayOptions): Promise<ReplaySession> {
    const { recording } = options;
    const end = await recording.endMs();
    const player = new Player(recording.segments[0]?.t ?? 0, end, options.clock);
    const session = new ReplaySession(options, player);
    const recorded = await recordedSources(recording);
    if (recorded) session.#notRecorded = options.sources.filter(({ id }) => !recorded.has(id));
    await session.seek(options.fromMs ?? player.startMs + FIRST_POSITION_MS);
    // Problems of the file are reported at the beginning.
    if (session.#track) session.#decodeAll(session.#track);
    return session;
  }

  readonly status = (): Status => ({
    link: this.#status?.link ?? { state: 'live' },
    root: this.#status?.root,
    transport: `recording · ${this.#status?.transport ?? this.#options.recording.head.kind}`,
    hostCpuPct: this.#status?.hostCpuPct,
    budgetPct: 100,
    wireBytesPerSec: this.#status?.wireBytesPerSec,
    stretched: false,
    hung: [],
    sources: sourceStates(this.#options.sources, this.timeline, this.#last, this.#counts, this.#notRecorded),
  });

  readonly findings = (): readonly StandingFinding[] => {
    const { cursorMs } = this.timeline;
    return cursorMs === undefined ? this.#standing.all() : this.#back.at(cursorMs, this.#index.marks);
  };
  readonly show = (): void => undefined;
  readonly audit = (): readonly AuditEntry[] => this.#index.auditUntil(this.player.positionMs());
  readonly mark: ((text: string) => string) | undefined;
  readonly sar: SarReport | undefined;
  /** Marks of the whole recording, and notes of replays. */
  readonly marks = (): readonly Mark[] => this.#options.recording.notes?.among(this.#index.marks) ?? this.#index.marks;

  /** Sentences about unreadable parts of the file so far. */
  readonly problems = (): readonly string[] => {
    const left = this.#index.problem();
    const notes = this.#options.recording.notes?.problems ?? [];
    return [...this.#problems, ...(left === undefined ? [] : [left]), ...notes];
  };

  readonly readDetail = (detail: BoundDetail): Promise<DetailReading> =>
    recordedDetail(detail, this.timeline.cursorMs ?? this.player.positionMs(), this.#options.recording, this.#tracks);

  readonly raw = (sourceId: string): readonly { readonly read: Read; readonly text: string }[] =>
    (this.#last.get(sourceId)?.readings ?? []).map(({ read, reading }) => ({ read, text: rawText(reading) }));

  readonly subscribe = (listen: () => void): (() => void) => {
    this.#listeners.add(listen);
    return () => this.#listeners.delete(listen);
  };

  readonly stop = async (): Promise<void> => {
    clearInterval(this.#timer);
    this.#stopMemory();
    this.#listeners.clear();
    this.#turn++;
    this.#index.stop();
    await this.host.close();
  };

  /** Jumps to a time; resolves with the samples at it, while the history loads behind. */
  async seek(wallMs: number): Promise<void> {
    const turn = ++this.#turn;
    this.player.seek(wallMs);
    const position = this.player.positionMs();
    const { recording } = this.#options;
    const index = recording.indexAt(position);
    const track = await this.#tracks.of(index);
    if (turn !== this.#turn) return;
    this.#begin(track, position);
    this.#begun = turn;
    // The screen first: rules take longer.
    await immediate();
    if (turn !== this.#turn) return;
    this.#standing.clear();
    this.#judge(position);
    this.#changed();
    this.#oldest = index;
    this.#lightKiB = 0;
    this.#loading = this.#loadHistory(turn);
  }

  /** Refills the timeline from a track up to a time, and plays the track from there. */
  #begin(track: Track, untilMs: number): void {
    this.timeline.clear();
    this.#last.clear();
    this.#counts.clear();
    track.decode(untilMs);
    for (const round of track.carried) this.#append(round);
    this.#take(track);
    this.#advance(untilMs);
    this.#addGaps(untilMs);
    this.#changed();
  }

  /** An entry with the reason for each source that the recording does not have: it would count as not read yet. */
  #addGaps(untilMs: number): void {
    const wallMs = this.timeline.startMs ?? untilMs;
    for (const source of this.#notRecorded) {
      if (this.timeline.latest(source.id)) continue;
      const sample = source.parse({});
      this.timeline.append(source.id, { sample, at: wallMs / 1000, wallMs, missing: gapsOf(source), tookMs: 0 });
    }
  }

  /** Loads the history of the position, segment by segment. */
  async #loadHistory(turn: number): Promise<void> {
    const position = this.player.positionMs();
    // The rest of the current track first, so that its problems are reported in time.
    await sleep(HISTORY_PAUSE_MS);
    if (turn !== this.#turn) return;
    if (this.#track && !(await this.#decodeInSteps(this.#track, turn))) return;
    if (!(await this.#loadOlder(position - HISTORY_MS, turn))) return;
    this.#judge(this.player.positionMs());
    this.#changed();
  }

  async #loadBack(fromMs: number): Promise<void> {
    const turn = this.#turn;
    await this.#loading;
    await this.#loadOlder(fromMs, turn);
  }

  /** Loads the segments before the oldest loaded one that reach a time; false when a seek came. */
  async #loadOlder(fromMs: number, turn: number): Promise<boolean> {
    const { segments } = this.#options.recording;
    while (this.#oldest > 0 && this.#hasRoom() && (segments[this.#oldest]?.t ?? 0) > fromMs) {
      const index = this.#oldest - 1;
      // The screen and another seek have precedence.
      await sleep(HISTORY_PAUSE_MS);
      const track = await this.#tracks.of(index);
      if (turn !== this.#turn || !(await this.#decodeInSteps(track, turn))) return false;
      this.#oldest = index;
      this.#lightKiB += track.lightKiB;
      for (const [id, rounds] of Map.groupBy([...track.carried, ...track.rounds], ({ source }) => source)) {
        const source = this.#sources.get(id);
        if (!source) continue;
        this.#counts.set(id, (this.#counts.get(id) ?? 0) + rounds.length);
        const entries = rounds.map((round) => replayEntry(source, round));
        this.timeline.prepend(id, entries);
      }
      this.#changed();
    }
    return turn === this.#turn;
  }

  #hasRoom(): boolean {
    const { usedKiB, limitKiB } = this.timeline.retention();
    return this.#lightKiB + (this.#track?.lightKiB ?? 0) < MAX_LIGHT_KIB && usedKiB < limitKiB;
  }

  #take(track: Track): void {
    this.#track = track;
    this.#played = 0;
    this.#statesPlayed = 0;
  }

  /** Decodes a track in steps, so that keys and another seek have precedence; false when a seek came. */
  async #decodeInSteps(track: Track, turn: number): Promise<boolean> {
    const { segments } = this.#options.recording;
    const endMs = segments[track.index + 1]?.t ?? this.player.endMs;
    const beginMs = segments[track.index]?.t ?? endMs;
    // A file may span years.
    const stepMs = Math.max(STEP_MS, (endMs - beginMs) / MAX_STEPS);
    for (let untilMs = beginMs; untilMs < endMs; untilMs += stepMs) {
      track.decode(untilMs);
      await immediate();
      if (turn !== this.#turn) return false;
    }
    this.#decodeAll(track);
    return true;
  }

  #decodeAll(track: Track): void {
    track.decode(Infinity);
    const found = track.problems().filter((problem) => !this.#problems.includes(problem));
    const wallMs = this.#options.recording.segments[track.index]?.t ?? this.player.startMs;
    for (const problem of found) this.#index.addProblem(wallMs, problem);
    this.#problems = [...this.#problems, ...found];
  }

  /** Plays the current track up to a time; true for new rounds. */
  #advance(untilMs: number): boolean {
    const track = this.#track;
    if (!track) return false;
    track.decode(untilMs);
    const from = this.#played;
    for (let round = track.rounds[this.#played]; round && round.t <= untilMs; round = track.rounds[++this.#played])
      this.#append(round);
    for (
      let state = track.states[this.#statesPlayed];
      state && state.t <= untilMs;
      state = track.states[++this.#statesPlayed]
    )
      this.#status = state;
    return this.#played > from;
  }

  #append(round: Round): void {
    this.#last.set(round.source, round);
    this.#counts.set(round.source, (this.#counts.get(round.source) ?? 0) + 1);
    const source = this.#sources.get(round.source);
    if (source) this.timeline.append(source.id, replayEntry(source, round));
  }

  async #tick(): Promise<void> {
    if (this.#busy || !this.#track || this.#begun !== this.#turn) return;
    this.#busy = true;
    const turn = this.#turn;
    try {
      const position = this.player.positionMs();
      let isNew = this.#advance(position);
      for (
        let next = this.#track.index + 1;
        (this.#options.recording.segments[next]?.t ?? Infinity) <= position;
        next = this.#track.index + 1
      ) {
        const track = await this.#tracks.of(next);
        if (turn !== this.#turn) return;
        this.#take(track);
        this.#decodeAll(track);
        isNew = this.#advance(position) || isNew;
      }
      if (isNew && position - this.#judgedMs >= JUDGE_EVERY_MS) this.#judge(position);
      if (isNew) this.#changed();
    } finally {
      this.#busy = false;
    }
  }

  /** Start of a finding by the marks of the recording: a seek may land in the middle of it. */
  #startOf(finding: Judged, nowMs: number): number {
    const mark = this.#index.marks.findLast(
      ({ key, wallMs }) => key !== undefined && wallMs <= nowMs && isKeyOf(key, finding),
    );
    return mark?.wallMs ?? nowMs;
  }

  #judge(nowMs: number): void {
    this.#judgedMs = nowMs;
    const judged = judge(this.#options.findings, (needs) => this.timeline.latestMoment(needs, nowMs));
    this.#standing.update(judged, nowMs, this.#readMs, (finding) => this.#startOf(finding, nowMs));
  }

  #changed(): void {
    for (const listen of this.#listeners) listen();
  }
}

/** First position in a recording: rates need two readings. */
const FIRST_POSITION_MS = 3000;
/** Light rounds of the history: 15 minutes of a busy host have 20 MiB. */
const MAX_LIGHT_KIB = 32 * 1024;
/** Recorded time that is decoded in a few milliseconds. */
const STEP_MS = 15_000;
const MAX_STEPS = 50;
/** Pause between two segments of the history. */
const HISTORY_PAUSE_MS = 5;
