import type { DomainsSample } from '../../sources/kvm/libvirt-domains.ts';
import { lastValue } from '../../timeline/last-known.ts';
import type { Seen } from '../../timeline/moment.ts';
import { hiddenProcesses, type HiddenMoment } from '../processes/hidden-processes.ts';

/** The daemon behind libvirt's sockets, and how it fares. */
export interface LibvirtDaemon {
  /**
   * `silent`: it takes connections and says nothing, or nonsense. `stopped`: nobody is there who could answer, be it that
   * its socket is gone or that systemd listens in its stead. `absent`: there never was one.
   */
  readonly state: 'answers' | 'silent' | 'stopped' | 'denied' | 'absent' | 'unread';
  /** Since its last answer; undefined while it answers, and where it never did. */
  readonly silentSeconds: number | undefined;
  readonly why: string | undefined;
}

const COMMANDS: readonly string[] = ['libvirtd', 'virtqemud'];

export function libvirtDaemon(list: Seen<DomainsSample | undefined>, walks: HiddenMoment): LibvirtDaemon {
  const silentSeconds = lastValue(list, (sample) => sample)?.ageSeconds;
  const said = (state: LibvirtDaemon['state'], why?: string): LibvirtDaemon => ({ state, silentSeconds, why });
  if (list.now !== undefined) return said('answers');
  if (list.ageMs === undefined) return said('unread');
  const reasons = Object.values(list.missing).filter(({ why }) => why !== 'absent');
  // What it says is why there is no answer from the daemon that there is; the other kind of daemon is absent anyway.
  const reason = reasons.find(({ why }) => why !== 'denied') ?? reasons[0];
  if (reason === undefined) return said(silentSeconds === undefined ? 'absent' : 'stopped');
  if (reason.why === 'denied') return said('denied', reason.detail);
  return said(reason.why === 'failed' && !isRunning(walks) ? 'stopped' : 'silent', `${reason.why}: ${reason.detail}`);
}

/** As far as processes are visible; where they are not, it may well run. */
function isRunning(moment: HiddenMoment): boolean {
  const walk = moment.processes.now;
  if (walk === undefined || hiddenProcesses(moment) !== undefined) return true;
  for (const { command, state } of walk.processes.values())
    if (COMMANDS.includes(command) && state !== 'Z') return true;
  return false;
}
