/**
 * States of a guest and their reasons in the words of `virsh domstate --reason`. virDomainState and the vir…Reason enums of
 * https://libvirt.org/html/libvirt-libvirt-domain.html; a reason means something only beside its state.
 */
export const STATE = { running: 1, blocked: 2, paused: 3, shutdown: 4, off: 5, crashed: 6, suspended: 7 } as const;

const WORDS: Readonly<Record<number, string>> = {
  0: 'no state',
  1: 'running',
  2: 'blocked',
  3: 'paused',
  4: 'shutting down',
  5: 'off',
  6: 'crashed',
  7: 'suspended',
};

/** By state, then by reason; reasons that say nothing more than the state are left out. */
const REASONS: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  1: { 9: 'after a crash', 10: 'post-copy', 11: 'post-copy failed' },
  3: {
    1: 'by user',
    2: 'migrating',
    3: 'saving',
    4: 'dumping',
    5: 'I/O error',
    6: 'watchdog',
    7: 'from snapshot',
    8: 'shutting down',
    9: 'snapshot',
    10: 'crashed',
    11: 'starting up',
    12: 'post-copy',
    13: 'post-copy failed',
    14: 'API error',
  },
  5: { 2: 'destroyed', 3: 'crashed', 4: 'migrated', 5: 'saved', 6: 'failed', 8: 'daemon' },
  6: { 1: 'panicked' },
};

export interface GuestState {
  readonly word: string;
  readonly reason: string | undefined;
  /** `bad`: it should run and does not; `odd`: it does not run, maybe on purpose. */
  readonly verdict: 'good' | 'odd' | 'bad' | 'off' | 'unknown';
  /** How long ago libvirt told it; undefined while libvirt answers, and of what /proc tells. */
  readonly ageSeconds?: number | undefined;
}

/** Paused by what nobody wished for: I/O error, watchdog, crash, a post-copy migration that failed, an error of libvirt's. */
const BAD_PAUSES = new Set([5, 6, 10, 13, 14]);
/** Off without a shutdown: crashed, failed to start, killed as its daemon came back. */
const BAD_OFFS = new Set([3, 6, 8]);

export function guestState(state: number | undefined, reason: number | undefined): GuestState {
  const word = state === undefined ? 'unknown' : (WORDS[state] ?? `state ${state}`);
  return { word, reason: REASONS[state ?? -1]?.[reason ?? -1], verdict: verdictOf(state, reason ?? 0) };
}

function verdictOf(state: number | undefined, reason: number): GuestState['verdict'] {
  switch (state ?? 0) {
    case STATE.running:
      return reason === 11 ? 'bad' : 'good';
    case STATE.blocked:
      return 'good';
    case STATE.paused:
      return BAD_PAUSES.has(reason) ? 'bad' : 'odd';
    case STATE.off:
      return BAD_OFFS.has(reason) ? 'bad' : 'off';
    case STATE.crashed:
      return 'bad';
    case STATE.shutdown:
    case STATE.suspended:
      return 'odd';
    default:
      return 'unknown';
  }
}

/** virDomainJobOperation. */
const OPERATIONS: readonly string[] = [
  'job',
  'start',
  'save',
  'restore',
  'migration in',
  'migration out',
  'snapshot',
  'snapshot revert',
  'dump',
  'backup',
  'snapshot delete',
];
export const operationWord = (operation: number | undefined): string => OPERATIONS[operation ?? 0] ?? 'job';
