/** Position in recorded time, which advances at a speed while it plays, by the given clock. */
export class Player {
  readonly startMs: number;
  readonly endMs: number;
  readonly #clock: () => number;
  #speed = 1;
  #playing = true;
  #fromMs: number;
  #sinceMs: number;

  constructor(startMs: number, endMs: number, clock: () => number) {
    this.startMs = startMs;
    this.endMs = Math.max(startMs, endMs);
    this.#clock = clock;
    this.#fromMs = startMs;
    this.#sinceMs = clock();
  }

  /** ms since 1970, as recorded. */
  readonly positionMs = (): number =>
    this.#playing ? Math.min(this.endMs, this.#fromMs + (this.#clock() - this.#sinceMs) * this.#speed) : this.#fromMs;

  get playing(): boolean {
    return this.#playing && this.positionMs() < this.endMs;
  }

  get speed(): number {
    return this.#speed;
  }

  play(): void {
    this.#settle(this.positionMs());
    this.#playing = true;
  }

  pause(): void {
    this.#settle(this.positionMs());
    this.#playing = false;
  }

  setSpeed(speed: number): void {
    this.#settle(this.positionMs());
    this.#speed = Math.max(SPEEDS[0] ?? 1, Math.min(SPEEDS.at(-1) ?? 1, speed));
  }

  /** One step faster or slower. */
  changeSpeed(direction: -1 | 1): void {
    const next = direction > 0 ? SPEEDS.find((s) => s > this.#speed) : SPEEDS.findLast((s) => s < this.#speed);
    if (next !== undefined) this.setSpeed(next);
  }

  seek(wallMs: number): void {
    this.#settle(Math.max(this.startMs, Math.min(this.endMs, wallMs)));
  }

  #settle(positionMs: number): void {
    this.#fromMs = positionMs;
    this.#sinceMs = this.#clock();
  }
}

const SPEEDS: readonly number[] = [0.25, 0.5, 1, 2, 4, 8, 16, 60];
