/** Interval of probes, and the number of missed replies after which the connection is lost. */
interface ProbeInterval {
  readonly intervalMs: number;
  readonly misses: number;
}

/** A dead connection is lost 17 s after its last data; 8 s while a tracer is attached to a process. */
const NORMAL: ProbeInterval = { intervalMs: 5000, misses: 3 };
const VIGILANT: ProbeInterval = { intervalMs: 2000, misses: 3 };
/**
 * Interval between login and first session: sshd sends nothing while PAM opens it, over 25 s where systemd-logind or the
 * user directory hangs. Longer than `SESSION_OPEN_MS`, whose error is more specific.
 */
const LOGIN: ProbeInterval = { intervalMs: 5000, misses: 13 };

/** Time without data after which a probe is sent. */
const QUIET_MS = 2000;
/** Time without data, after a probe, that counts as silence. */
const SILENT_MS = 3000;
const TICK_MS = 250;

export interface Keepalive {
  /** Data arrived. */
  readonly received: () => void;
  /** The first session is open: from here a quiet server is a fault. */
  readonly sessionOpened: () => void;
  readonly setVigilant: (on: boolean) => void;
  readonly stop: () => void;
}

/**
 * Keepalive of a connection. `probe` must make the server reply; `received` is called for any data, replies included.
 * Missed replies count, not time alone: after a suspend of the laptop the connection gets a probe first.
 */
export function keepalive(on: {
  readonly probe: () => void;
  /** Called once with the ms without data, and with undefined when data arrives again. */
  readonly silence: (quietMs: number | undefined) => void;
  readonly lost: (silentMs: number) => void;
}): Keepalive {
  let interval = LOGIN;
  let receivedAt = performance.now();
  let probedAt: number | undefined;
  let unanswered = 0;
  let silent = false;
  const timer = setInterval(() => {
    const now = performance.now();
    const quietMs = now - receivedAt;
    const waitedMs = probedAt === undefined ? undefined : now - probedAt;
    if (waitedMs === undefined ? quietMs >= QUIET_MS : waitedMs >= interval.intervalMs) {
      if (unanswered >= interval.misses) {
        clearInterval(timer);
        on.lost(quietMs);
        return;
      }
      unanswered++;
      probedAt = now;
      on.probe();
    }
    // A probe gets at least a second: a slow connection is not silent.
    if (!silent && quietMs > SILENT_MS && (unanswered > 1 || (waitedMs ?? 0) >= 1000)) {
      silent = true;
      on.silence(quietMs);
    }
  }, TICK_MS);
  timer.unref();
  return {
    received: () => {
      receivedAt = performance.now();
      probedAt = undefined;
      unanswered = 0;
      if (!silent) return;
      silent = false;
      on.silence(undefined);
    },
    sessionOpened: () => {
      if (interval === LOGIN) interval = NORMAL;
    },
    setVigilant: (vigilant) => {
      interval = vigilant ? VIGILANT : NORMAL;
    },
    stop: () => clearInterval(timer),
  };
}
