import { ms, span } from '../../lib/units.ts';
import { clock, type HostClock } from '../../sources/network/clock.ts';
import { timesyncd, type Timesyncd } from '../../sources/network/services.ts';
import { processes, type Process } from '../../sources/processes/processes.ts';
import { grade, limits } from '../../thresholds.ts';
import { isWhole, stateOf } from '../../timeline/reading-state.ts';
import { thisHost } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const common = { entity: thisHost, subject: 'clock', subjectVocabulary: 'fixed', pane: 'network' } as const;
const seconds = (value: number): string => (value < 1 ? ms(value * 1000) : span(value));

/** Clock of the host that differs from that of the engineer's machine, beyond the round trip, or from NTP time by chronyd. */
export const clockSkew = defineFinding({
  id: 'clock-skew',
  title: 'Clock wrong',
  needs: { clock },
  authority: `${limits.clockSkewSeconds.authority}; ${limits.clockOffsetSeconds.authority}`,
  judge: ({ clock: { now } }): readonly Found[] => {
    const ahead = now?.aheadSeconds;
    const severity = grade(certain(now), limits.clockSkewSeconds);
    if (ahead !== undefined && (severity === 'warn' || severity === 'crit'))
      return [
        {
          ...common,
          severity,
          condition: 'console',
          sentence: `${seconds(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} the clock of this console${isSynchronised(now) === false ? ', not synchronised' : ''}`,
          evidence: [
            { what: 'difference', value: seconds(Math.abs(ahead)), source: 'CLOCK_REALTIME' },
            { what: 'round trip', value: seconds(now?.roundTripSeconds ?? 0), source: 'SSH' },
          ],
          next: 'find the wrong one: `chronyc tracking`, `timedatectl` on the host, and the clock of this machine',
        },
      ];
    const offset = Math.abs(now?.chrony?.offsetSeconds ?? 0);
    const graded = grade(offset, limits.clockOffsetSeconds);
    if (graded !== 'warn' && graded !== 'crit') return [];
    return [
      {
        ...common,
        severity: graded,
        condition: 'chrony',
        sentence: `${seconds(offset)} ${(now?.chrony?.offsetSeconds ?? 0) > 0 ? 'fast' : 'slow'} of NTP time, chronyd corrects it slowly`,
        evidence: [{ what: 'System time', value: seconds(offset), source: 'chronyd tracking' }],
        next: 'read `chronyc tracking` and `chronyc sources`; a step needs `chronyc makestep` of an administrator',
      },
    ];
  },
});

/** By chronyd where it replies: without `rtcsync` in its configuration the kernel has every clock as not synchronised. */
const isSynchronised = (now: HostClock | undefined): boolean | undefined =>
  now?.chrony?.isSynchronised ?? now?.kernel?.isSynchronised;

/**
 * Least difference that the round trip allows; 0 where unknown. It bounds the error of one reading: a laptop that slept between the sending
 * and the arrival, or whose clock was set then, has as long a round trip.
 */
const certain = (sample: HostClock | undefined): number =>
  sample?.aheadSeconds === undefined
    ? 0
    : Math.max(0, Math.abs(sample.aheadSeconds) - (sample.roundTripSeconds ?? 0) / 2);

/** Clock that no source of time corrects: a fault where a time service runs and fails; without one, as in many guests, a fact. */
export const clockUnsynchronised = defineFinding({
  id: 'clock-unsynchronised',
  title: 'Clock not synchronised',
  needs: { clock, timesyncd, processes },
  authority: `${limits.clockErrorSeconds.authority}; [own]: info without a time service`,
  judge: ({ clock: { now }, timesyncd: { now: sync }, processes: table }): readonly Found[] => {
    const { kernel, chrony, aheadSeconds } = now ?? {};
    const error = kernel?.maxErrorSeconds;
    // The error of a daemon that lost its servers grows up to the limit.
    const isWithin = chrony === undefined && error !== undefined && grade(error, limits.clockErrorSeconds) !== 'warn';
    if (isSynchronised(now) !== false || isWithin) return [];
    const running = timeService(table.now?.processes);
    const trouble =
      troubleOf(now, sync) ??
      (running === undefined || running === CHRONYD ? undefined : `${running} does not correct it`);
    const isAbsent = running === undefined && isWhole(stateOf(table)) && table.now !== undefined;
    return [
      {
        ...common,
        severity: trouble === undefined ? 'info' : 'warn',
        sentence: `not synchronised${trouble !== undefined ? `, ${trouble}` : isAbsent ? ', no time service runs' : ''}`,
        evidence: [
          { what: 'STA_UNSYNC', value: kernel === undefined ? 'unknown' : kernel.isSynchronised ? 'not set' : 'set', source: 'adjtimex' },
          { what: 'maxerror', value: error === undefined ? 'unknown' : `${error >= UNKNOWN_ERROR ? '≥ ' : ''}${seconds(error)}`, source: 'adjtimex' },
          ...(chrony ? [{ what: 'Stratum', value: String(chrony.stratum), source: 'chronyd tracking' }] : []),
          ...(aheadSeconds === undefined ? [] : [{ what: 'difference to this console', value: seconds(Math.abs(aheadSeconds)), source: 'CLOCK_REALTIME' }]),
        ],
        next: trouble === undefined && running === undefined
          ? 'enable a time service, by an administrator: `timedatectl set-ntp true`, or install chrony'
          : 'read `chronyc sources` or `timedatectl timesync-status` for servers that do not reply',
      },
    ]; // prettier-ignore
  },
});

/** Bound at which the kernel stops to count the error: NTP_PHASE_LIMIT, also the value at boot. */
const UNKNOWN_ERROR = 16;

/** Reason that a daemon does not correct the clock. */
function troubleOf(now: HostClock | undefined, sync: Timesyncd | undefined): string | undefined {
  if (now?.chrony) return now.chrony.isSynchronised ? undefined : 'chronyd has no source';
  return sync?.replies === 0 ? 'systemd-timesyncd has no reply' : undefined;
}

/** One without a reply has no command port: its state is unknown. */
const CHRONYD = 'chronyd';

/** Programs that correct the clock, by their names of up to 15 characters. */
const TIME_SERVICES: ReadonlyMap<string, string> = new Map([
  ['chronyd', CHRONYD],
  ['systemd-timesyn', 'systemd-timesyncd'],
  ['ntpd', 'ntpd'],
  ['phc2sys', 'phc2sys'],
]);

/** Time service of the host; one in a container follows its own rules. */
function timeService(all: ReadonlyMap<number, Process> | undefined): string | undefined {
  for (const { command, owner } of all?.values() ?? [])
    if (owner === undefined || owner.kind === 'service') {
      const name = TIME_SERVICES.get(command);
      if (name !== undefined) return name;
    }
  return undefined;
}
