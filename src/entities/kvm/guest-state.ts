/**
 * Domain states and reasons in the words of `virsh domstate --reason`: virDomainState and the vir…Reason enums of
 * https://libvirt.org/html/libvirt-libvirt-domain.html. The meaning of a reason depends on its state.
 */
export const STATE = { running: 1, blocked: 2, paused: 3, shutdown: 4, off: 5, crashed: 6, suspended: 7 } as const;

const WORDS: Readonly<Record<number, string>> = {
  0: 'no state',
  1: 'running',
  2: 'idle',
  3: 'paused',
  4: 'in shutdown',
  5: 'shut off',
  6: 'crashed',
  7: 'pmsuspended',
};

/** Reasons by state; those that add nothing to the state (booted, unknown) are left out. */
const REASONS: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  1: { 9: 'crashed', 10: 'post-copy', 11: 'post-copy failed' },
  3: {
    1: 'user',
    2: 'migrating',
    3: 'saving',
    4: 'dumping',
    5: 'I/O error',
    6: 'watchdog',
    7: 'from snapshot',
    8: 'shutting down',
    9: 'creating snapshot',
    10: 'crashed',
    11: 'starting up',
    12: 'post-copy',
    13: 'post-copy failed',
    14: 'api error',
  },
  5: { 2: 'destroyed', 3: 'crashed', 4: 'migrated', 5: 'saved', 6: 'failed', 8: 'daemon' },
  6: { 1: 'panicked' },
};

export interface GuestState {
  readonly word: string;
  readonly reason: string | undefined;
  /** `bad`: down by a fault; `odd`: not running, maybe on purpose. */
  readonly verdict: 'good' | 'odd' | 'bad' | 'off' | 'unknown';
  /** Age of the state while libvirt does not respond; undefined while it does, and for a state from /proc. */
  readonly ageSeconds?: number | undefined;
}

/** Reasons of a pause by a fault: I/O error, watchdog, crash, failed post-copy migration, libvirt API error. */
const BAD_PAUSES = new Set([5, 6, 10, 13, 14]);
/** Reasons of a pause that ends by itself: a job of libvirt. */
const PASSING: ReadonlySet<string | undefined> = new Set([
  'migrating',
  'saving',
  'dumping',
  'shutting down',
  'creating snapshot',
  'starting up',
  'post-copy',
]);

/** Whether a guest stands still until it is resumed: paused by a person or a tool, or suspended to memory. */
export const isHeld = ({ word, reason }: Pick<GuestState, 'word' | 'reason'>): boolean =>
  (word === 'paused' && !PASSING.has(reason)) || word === 'pmsuspended';

/** Reasons of shut off without a shutdown: crashed, failed to start, killed at the restart of its daemon. */
const BAD_OFFS = new Set([3, 6, 8]);

/** `paused (I/O error)`, as `virsh domstate --reason` prints it. */
export const stateText = ({ word, reason }: Pick<GuestState, 'word' | 'reason'>): string =>
  reason === undefined ? word : `${word} (${reason})`;

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
