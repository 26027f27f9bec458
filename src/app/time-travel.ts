import type { Mark, Session } from '../collect/session.ts';
import type { Change } from '../changes/change.ts';
import { changeText, grouped } from '../changes/changes-before.ts';
import type { Theme } from '../theme.ts';
import { timeBar, type DrawnBar } from '../ui/time-bar.ts';

/** Distance of marks below which they are one jump. */
const SAME_MS = 500;

/** Mark of a session, or a change. */
export type TimeMark = Pick<Mark, 'wallMs' | 'untilMs' | 'severity' | 'text'> & {
  readonly kind: Mark['kind'] | 'change';
};

/** Time control of the history of a live session, or of a recording. */
export class TimeTravel {
  readonly #session: Session;
  readonly #clock: () => number;
  readonly #changes: () => readonly Change[];
  #groups: { readonly of: readonly Change[]; readonly marks: readonly TimeMark[] } | undefined;
  /** Right end of the bar while paused; fixed, so that the bar is not redrawn each second. */
  #endMs: number | undefined;

  constructor(session: Session, clock: () => number, changes: () => readonly Change[] = () => []) {
    this.#session = session;
    this.#clock = clock;
    this.#changes = changes;
  }

  /** Marks of the session, and changes, of which those within 10 s are one. */
  #marks(): readonly TimeMark[] {
    const changes = this.#changes();
    const marks = this.#session.marks();
    if (changes.length === 0) return marks;
    if (this.#groups?.of !== changes)
      this.#groups = {
        of: changes,
        marks: grouped(changes.filter(({ atMs }) => atMs >= (this.startMs ?? -Infinity))).map((group): TimeMark => ({
          wallMs: group.change.atMs,
          kind: 'change',
          text: changeText(group),
        })),
      };
    return [...marks, ...this.#groups.marks].toSorted((one, other) => one.wallMs - other.wallMs);
  }

  /** Pauses or resumes: live, or playing from the cursor. */
  pause(): void {
    const { timeline, replay } = this.#session;
    if (!replay) {
      timeline.seek(timeline.cursorMs === undefined ? this.#clock() : undefined);
      return;
    }
    const pausedMs = timeline.cursorMs;
    timeline.seek(undefined);
    if (pausedMs === undefined && replay.playing()) {
      replay.pause();
      return;
    }
    // A recording at its end restarts.
    if (pausedMs !== undefined) void replay.seek(pausedMs);
    else if (replay.positionMs() >= replay.endMs) void replay.seek(replay.startMs);
    replay.play();
  }

  /** Pauses at the current time; false when paused already. */
  freeze(): boolean {
    const { timeline, replay } = this.#session;
    if (timeline.cursorMs !== undefined || (replay && !replay.playing())) return false;
    if (replay) replay.pause();
    else timeline.seek(this.#clock());
    return true;
  }

  /** Resumes after `freeze`. */
  unfreeze(): void {
    const { timeline, replay } = this.#session;
    if (replay) replay.play();
    else timeline.seek(undefined);
  }

  /** Steps to the previous or next reading. */
  step(direction: -1 | 1, sourceIds: readonly string[]): void {
    const { timeline, replay } = this.#session;
    this.#endMs = undefined;
    replay?.pause();
    if (replay && direction > 0 && timeline.cursorMs === undefined) void replay.seek(replay.positionMs() + STEP_MS);
    else timeline.step(direction, sourceIds, this.#clock());
  }

  /** Jumps to the next mark on one side and returns it: findings, markers, notes, changes. Undefined when there is none. */
  jump(direction: -1 | 1): readonly TimeMark[] | undefined {
    const { replay } = this.#session;
    const at = this.atMs;
    const from = this.startMs ?? -Infinity;
    const marks = this.#marks().filter(({ wallMs }) => wallMs >= from);
    const next =
      direction < 0
        ? marks.findLast(({ wallMs }) => wallMs < at - SAME_MS)
        : marks.find(({ wallMs }) => wallMs > at + SAME_MS);
    if (next === undefined) return undefined;
    replay?.pause();
    void this.go(next.wallMs);
    return marks.filter(({ wallMs }) => Math.abs(wallMs - next.wallMs) <= SAME_MS);
  }

  /** Goes to a time; resolves when the timeline holds its readings. */
  async go(wallMs: number): Promise<void> {
    this.#endMs = undefined;
    const { timeline, replay } = this.#session;
    if (!replay) {
      timeline.seek(wallMs);
      return;
    }
    timeline.seek(undefined);
    await replay.seek(wallMs);
  }

  /** Time on the screen. */
  get atMs(): number {
    return this.#session.timeline.cursorMs ?? this.#clock();
  }

  get startMs(): number | undefined {
    return this.#session.replay?.startMs ?? this.#session.timeline.startMs;
  }

  /** Time bar; undefined while live. */
  bar(columns: number, theme: Theme): DrawnBar | undefined {
    const { timeline, replay } = this.#session;
    const { startMs } = this;
    if (startMs === undefined) return undefined;
    if (!replay && timeline.cursorMs === undefined) {
      this.#endMs = undefined;
      return undefined;
    }
    this.#endMs ??= this.#clock();
    const label = replay
      ? timeline.cursorMs === undefined && replay.playing()
        ? `replay ${replay.speed()}x`
        : 'replay paused'
      : 'history';
    const times = {
      startMs,
      endMs: replay?.endMs ?? this.#endMs,
      atMs: this.atMs,
      marks: this.#marks(),
      label,
    };
    return timeBar(times, columns, theme);
  }
}

/** Step where the next readings are not loaded yet. */
const STEP_MS = 1000;
