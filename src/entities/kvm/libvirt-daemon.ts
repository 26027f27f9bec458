import type { DomainsSample } from '../../sources/kvm/libvirt-domains.ts';
import { lastValue } from '../../timeline/last-known.ts';
import type { Seen } from '../../timeline/moment.ts';
import type { processes } from '../../sources/processes/processes.ts';
import type { SampleOf } from '../../sources/source.ts';
import { seesAll } from '../processes/hidden-processes.ts';

/** Condition of the daemon behind libvirt's sockets. */
export interface LibvirtDaemon {
  /**
   * `unresponsive`: it accepts connections and does not reply, or not in its protocol. `stopped`: its socket is gone, or
   * systemd listens for it. `absent`: never seen on this host.
   */
  readonly state: 'responsive' | 'unresponsive' | 'stopped' | 'denied' | 'absent' | 'unread';
  /** Age of its last reply; undefined while it responds, and where it never did. */
  readonly replyAgeSeconds: number | undefined;
  readonly why: string | undefined;
}

type Walk = Pick<Seen<SampleOf<typeof processes>>, 'ageMs' | 'missing' | 'now'>;

const COMMANDS: readonly string[] = ['libvirtd', 'virtqemud'];

/** The daemon by its domain list, and by the processes where that list fails. */
export function libvirtDaemon(list: Seen<DomainsSample | undefined>, walk: Walk): LibvirtDaemon {
  const replyAgeSeconds = lastValue(list, (sample) => sample)?.ageSeconds;
  const daemon = (state: LibvirtDaemon['state'], why?: string): LibvirtDaemon => ({ state, replyAgeSeconds, why });
  if (list.now !== undefined) return daemon('responsive');
  if (list.ageMs === undefined) return daemon('unread');
  const reasons = Object.values(list.missing).filter(({ why }) => why !== 'absent');
  // The reason of the daemon that exists; the other kind of daemon is absent anyway.
  const reason = reasons.find(({ why }) => why !== 'denied') ?? reasons[0];
  if (reason === undefined) return daemon(replyAgeSeconds === undefined ? 'absent' : 'stopped');
  if (reason.why === 'denied') return daemon('denied', reason.detail);
  return daemon(
    reason.why === 'failed' && !isRunning(walk) ? 'stopped' : 'unresponsive',
    `${reason.why}: ${reason.detail}`,
  );
}

/** Whether a daemon process exists; true where not all processes are read, as it may run. */
function isRunning(walk: Walk): boolean {
  if (!seesAll(walk)) return true;
  for (const { command, state } of walk.now?.processes.values() ?? [])
    if (COMMANDS.includes(command) && state !== 'Z') return true;
  return false;
}
