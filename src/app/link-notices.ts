import type { LinkState, LiveHost, RootState } from '../host/host.ts';
import { keyLabel } from '../keymap.ts';
import { duration, span } from '../lib/units.ts';
import type { Screen } from './screen.ts';

interface Reachability {
  readonly link: LinkState;
  readonly root: RootState;
}

/** Shows a notice for each change of the link and the root state of a host; the result unsubscribes. */
export function announceChanges(screen: Screen, live: LiveHost): () => void {
  const key = screen.keymap.actions.find(({ id }) => id === 'unlock')?.keys[0] ?? '';
  const unlockKey = keyLabel(key, screen.theme.ascii);
  let before: Reachability = { link: live.link(), root: live.root() };
  return live.onChange(() => {
    const now: Reachability = { link: live.link(), root: live.root() };
    const nowMs = screen.clock();
    const link = linkNotice(before.link, now.link, nowMs);
    const root = rootNotice(before.root, now.root, nowMs, unlockKey);
    // Root that was not restored with the connection is reported once the connection is up.
    const standing = link !== undefined && now.link.state === 'live' ? rootLost(now.root, nowMs, unlockKey) : root;
    before = now;
    const notice = [link, standing].filter((part) => part !== undefined).join('; ');
    if (notice !== '') screen.notify(notice);
  });
}

function linkNotice(before: LinkState, now: LinkState, nowMs: number): string | undefined {
  if (now === before) return undefined;
  if (now.state === 'closed') return `connection closed: ${now.detail}`;
  if (now.state === 'lost')
    return `${now.detail}; ${now.collectorOnly ? 'collector restart' : 'reconnect'}${wait(now.retryAtMs, nowMs)}`;
  if (now.state !== 'live' || before.state !== 'lost') return undefined;
  return `${before.collectorOnly ? 'collector restarted' : 'reconnected'} after ${duration((nowMs - before.sinceMs) / 1000)}`;
}

function rootNotice(before: RootState, now: RootState, nowMs: number, unlockKey: string): string | undefined {
  if (now === before) return undefined;
  if (now.state === 'lost') return rootLost(now, nowMs, unlockKey);
  if (before.state !== 'lost') return undefined;
  return now.state === 'root' ? 'root collector restarted' : `root lost: ${now.detail}`;
}

function rootLost(root: RootState, nowMs: number, unlockKey: string): string | undefined {
  if (root.state !== 'lost') return undefined;
  const next =
    root.retryAtMs === undefined
      ? `enter the password with ${unlockKey}`
      : `sudo -n again${wait(root.retryAtMs, nowMs)}`;
  return `root lost: ${root.detail}; ${next}`;
}

/** Delay of a retry; '' below a second. */
function wait(retryAtMs: number | undefined, nowMs: number): string {
  const seconds = retryAtMs === undefined ? 0 : (retryAtMs - nowMs) / 1000;
  return seconds < 1 ? '' : ` in ${span(seconds)}`;
}
