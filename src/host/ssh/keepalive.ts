/** How soon a quiet line is asked, is called silent, and is given up. */
export interface Pace {
  readonly intervalMs: number;
  readonly misses: number;
}

/** A dead line is given up 17 s after it was last heard; 8 s while a tracer holds somebody's process. */
const CALM: Pace = { intervalMs: 5000, misses: 3 };
const VIGILANT: Pace = { intervalMs: 2000, misses: 3 };
/**
 * Between the login and the first session: sshd says nothing while PAM lets the account in, which takes 25 s and more where
 * systemd-logind or the directory of users hangs. Longer than `SESSION_OPEN_MS`, which ends such a wait with its own words.
 */
const ENTERING: Pace = { intervalMs: 5000, misses: 13 };

/** Nothing heard for so long: ask. A line in use is never asked. */
const QUIET_MS = 2000;
/** Nothing heard for so long, though asked: say so. */
const SILENT_MS = 3000;
const TICK_MS = 250;

export interface Keepalive {
  /** Anything came from the far side. */
  readonly heard: () => void;
  /** The first session is open: from now on the far side has no reason to be quiet. */
  readonly entered: () => void;
  readonly setVigilant: (on: boolean) => void;
  readonly stop: () => void;
}

/**
 * Watches a line. `probe` must make the far side answer, and `heard` is called for that answer as for any other byte.
 * Misses are counted, not time alone: a laptop that slept has not lost its line until it asked again.
 */
export function keepalive(on: {
  readonly probe: () => void;
  /** Called once with the ms that nothing was heard, and with undefined when something is heard again. */
  readonly silence: (quietMs: number | undefined) => void;
  readonly lost: (silentMs: number) => void;
}): Keepalive {
  let pace = ENTERING;
  let heardAt = performance.now();
  let probedAt: number | undefined;
  let unanswered = 0;
  let silent = false;
  const timer = setInterval(() => {
    const now = performance.now();
    const quietMs = now - heardAt;
    const waitedMs = probedAt === undefined ? undefined : now - probedAt;
    if (waitedMs === undefined ? quietMs >= QUIET_MS : waitedMs >= pace.intervalMs) {
      if (unanswered >= pace.misses) {
        clearInterval(timer);
        on.lost(quietMs);
        return;
      }
      unanswered++;
      probedAt = now;
      on.probe();
    }
    // The probe gets at least a second: a slow line is not a silent one.
    if (!silent && quietMs > SILENT_MS && (unanswered > 1 || (waitedMs ?? 0) >= 1000)) {
      silent = true;
      on.silence(quietMs);
    }
  }, TICK_MS);
  timer.unref();
  return {
    heard: () => {
      heardAt = performance.now();
      probedAt = undefined;
      unanswered = 0;
      if (!silent) return;
      silent = false;
      on.silence(undefined);
    },
    entered: () => {
      if (pace === ENTERING) pace = CALM;
    },
    setVigilant: (vigilant) => {
      pace = vigilant ? VIGILANT : CALM;
    },
    stop: () => clearInterval(timer),
  };
}
