import type { Mark, Session } from '../collect/session.ts';
import type { Theme } from '../theme.ts';
import { timeBar, type DrawnBar } from '../ui/time-bar.ts';

/** Two marks that are nearer than this are one jump. */
const SAME_MS = 500;

/** Moving about in time: in the memory of a live session, or in a recording. */
export class TimeTravel {
  readonly #session: Session;
  readonly #clock: () => number;
  /** Right end of the bar while looking back; fixed, so that the bar is not redrawn each second. */
  #endMs: number | undefined;

  constructor(session: Session, clock: () => number) {
    this.#session = session;
    this.#clock = clock;
  }

  /** Pauses or resumes: live, or playing from the cursor. */
  pause(): void {
    const { timeline, replay } = this.#session;
    if (!replay) {
      timeline.seek(timeline.cursorMs === undefined ? this.#clock() : undefined);
      return;
    }
    const stood = timeline.cursorMs;
    timeline.seek(undefined);
    if (stood === undefined && replay.playing()) {
      replay.pause();
      return;
    }
    // A recording at its end restarts.
    if (stood !== undefined) void replay.seek(stood);
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

  /** To the reading before or after. */
  step(direction: -1 | 1, sourceIds: readonly string[]): void {
    const { timeline, replay } = this.#session;
    this.#endMs = undefined;
    replay?.pause();
    if (replay && direction > 0 && timeline.cursorMs === undefined) void replay.seek(replay.positionMs() + STEP_MS);
    else timeline.step(direction, sourceIds, this.#clock());
  }

  /** Jumps to the next mark on one side and returns it: findings, markers, notes. Undefined when there is none. */
  jump(direction: -1 | 1): readonly Mark[] | undefined {
    const { replay } = this.#session;
    const at = this.atMs;
    const from = this.startMs ?? -Infinity;
    const marks = this.#session.marks().filter(({ wallMs }) => wallMs >= from);
    const next =
      direction < 0
        ? marks.findLast(({ wallMs }) => wallMs < at - SAME_MS)
        : marks.find(({ wallMs }) => wallMs > at + SAME_MS);
    if (next === undefined) return undefined;
    replay?.pause();
    this.go(next.wallMs);
    return marks.filter(({ wallMs }) => Math.abs(wallMs - next.wallMs) <= SAME_MS);
  }

  go(wallMs: number): void {
    this.#endMs = undefined;
    const { timeline, replay } = this.#session;
    if (!replay) {
      timeline.seek(wallMs);
      return;
    }
    timeline.seek(undefined);
    void replay.seek(wallMs);
  }

  /** Time of what is shown. */
  get atMs(): number {
    return this.#session.timeline.cursorMs ?? this.#clock();
  }

  get startMs(): number | undefined {
    return this.#session.replay?.startMs ?? this.#session.timeline.startMs;
  }

  /** Undefined while there is nothing to choose: live, and not looking back. */
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
      : 'looking back';
    const times = {
      startMs,
      endMs: replay?.endMs ?? this.#endMs,
      atMs: this.atMs,
      marks: this.#session.marks(),
      label,
    };
    return timeBar(times, columns, theme);
  }
}

/** One step where the readings that follow are not known yet. */
const STEP_MS = 1000;
