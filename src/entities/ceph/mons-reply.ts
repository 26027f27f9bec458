import type { MonsSample } from '../../sources/ceph/mons.ts';
import type { CephStatus } from '../../sources/ceph/status.ts';
import type { Entry, Seen } from '../../timeline/moment.ts';

/** How the monitors reply: late and incomplete (`slow`), or not at all. */
export type MonsReply =
  | { readonly kind: 'ok' }
  | { readonly kind: 'slow'; readonly timeouts: number; readonly requests: number; readonly mon: string | undefined }
  | { readonly kind: 'unresponsive'; readonly detail: string };

/** Length of the comparison. */
const WINDOW_MS = 30_000;
/** Replies in a row after which earlier timeouts no longer count. */
const RECOVERED = 3;
/** Timeouts in a row that count where the monitors had replied: one alone is a lost packet or an election. */
const LEAST_TIMEOUTS = 2;

const IN_QUORUM = new Set(['leader', 'peon']);

const timedOut = ({ missing }: Pick<Entry, 'missing'>): boolean => missing['status']?.why === 'timeout';

/**
 * Replies of the monitors to `status`. A local monitor that is in quorum by its admin socket, or a reply between two timeouts, shows
 * that they are slow and not unresponsive.
 */
export function monsReply(
  { missing, history }: Seen<CephStatus | undefined>,
  mons: Seen<MonsSample | undefined>,
): MonsReply {
  const end = history.at(-1)?.wallMs ?? 0;
  const recent = history.filter(({ wallMs }) => wallMs > end - WINDOW_MS);
  const replied = recent.map(({ sample }) => sample !== undefined);
  const timeouts = recent.filter(timedOut).length;
  const mon = mons.now?.local.find(({ missing: why, state = '' }) => why === undefined && IN_QUORUM.has(state))?.name;
  const slow: MonsReply = { kind: 'slow', timeouts, requests: recent.length, mon };
  const now = missing['status'];
  if (now?.why !== 'timeout') {
    const recovered = replied.length >= RECOVERED && replied.slice(-RECOVERED).every(Boolean);
    return now === undefined && timeouts >= LEAST_TIMEOUTS && !recovered ? slow : { kind: 'ok' };
  }
  if (mon !== undefined || replied.slice(recent.findIndex(timedOut) + 1).some(Boolean))
    return timeouts >= LEAST_TIMEOUTS ? slow : { kind: 'ok' };
  const inARow = history.length - 1 - history.findLastIndex((entry) => !timedOut(entry));
  const everReplied = history.some(({ sample }) => sample !== undefined);
  // A local monitor, not read yet, may be in quorum.
  if (inARow < LEAST_TIMEOUTS && (everReplied || mons.history.length === 0)) return { kind: 'ok' };
  return { kind: 'unresponsive', detail: now.detail };
}
