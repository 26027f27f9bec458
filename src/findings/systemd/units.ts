import { resultText, troubledUnits, type TroubledUnit } from '../../entities/systemd/unit-trouble.ts';
import { plural, span } from '../../lib/units.ts';
import { busServices } from '../../sources/systemd/bus-services.ts';
import { unitInvocations, units } from '../../sources/systemd/units.ts';
import type { Moment } from '../../timeline/moment.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

const needs = { units, unitInvocations, busServices };
type UnitMoment = Moment<typeof needs>;

const troubled = ({ units: seen, unitInvocations: starts, busServices: byUse }: UnitMoment): readonly TroubledUnit[] =>
  troubledUnits(seen, starts.history, byUse.now);

const after = (text: string): string => (text === '' ? '' : `, ${text}`);

const about = ({ unit, forSeconds }: TroubledUnit, ageMs: number | undefined) => ({
  entity: entityRef('unit', unit.name),
  subject: unit.name,
  evidence: [
    { what: 'state', value: `${unit.active ?? '—'} (${unit.sub ?? '—'})`, source: 'D-Bus ListUnits' },
    ...(unit.trouble?.result === undefined
      ? []
      : [{ what: 'result', value: resultText(unit) || unit.trouble.result, source: 'D-Bus Result, ExecMainStatus' }]),
    ...(unit.trouble?.statusText === undefined
      ? []
      : [{ what: 'status', value: unit.trouble.statusText, source: 'D-Bus StatusText' }]),
    ...(unit.trouble?.loadError === undefined
      ? []
      : [{ what: 'load error', value: unit.trouble.loadError, source: 'D-Bus LoadError' }]),
  ],
  pane: 'systemd',
  ...onsetAgo(
    forSeconds === undefined ? undefined : forSeconds + (ageMs ?? 0) / 1000,
    'StateChangeTimestamp of systemd',
  ),
});

/** Unit that failed; one that is to be restarted and is not any more counts more. */
export const unitFailed = defineFinding({
  id: 'unit-failed',
  title: 'Failed units',
  needs,
  authority: 'systemd: ActiveState failed; awesome-prometheus-alerts HostSystemdServiceCrashed',
  judge: (moment): readonly Found[] =>
    troubled(moment).flatMap((one): Found[] => {
      if (one.trouble !== 'failed' && one.trouble !== 'start limit') return [];
      return [
        {
          ...about(one, moment.units.ageMs),
          severity: one.severity,
          sentence:
            one.trouble === 'start limit'
              ? `failed, start limit reached${one.restarts === undefined ? '' : ` after ${plural(one.restarts, 'restart')}`}${after(resultText(one.unit))}`
              : `failed${after(resultText(one.unit))}`,
          next: 'open systemd, ↵ on the unit: the last lines of its journal',
        },
      ];
    }),
});

/** Unit that is started again and again: `systemctl --failed` shows none of them. */
export const unitRestartLoop = defineFinding({
  id: 'unit-restart-loop',
  title: 'Units in a restart loop',
  needs,
  authority: 'awesome-prometheus-alerts SystemdServiceCrashLooping; 3 starts in 2 min are [own]',
  judge: (moment): readonly Found[] =>
    troubled(moment)
      .filter(({ trouble }) => trouble === 'restart loop')
      .map((one): Found => {
        const { onset: _, ...rest } = about(one, moment.units.ageMs);
        const counted = one.unit.trouble?.restarts ?? 0;
        const when = counted === one.restarts ? '' : ` in ${span(one.watchedSeconds)}`;
        return {
          ...rest,
          severity: one.severity,
          sentence: `restart loop, ${plural(one.restarts ?? 0, 'restart')}${when}${after(resultText(one.unit))}`,
          next: 'open systemd, ↵ on the unit: the last lines of its journal; who starts it, if NRestarts is 0',
        };
      }),
});

/** Unit that does not finish starting, stopping or reloading. */
export const unitStuck = defineFinding({
  id: 'unit-stuck',
  title: 'Units that do not start or stop',
  needs,
  authority: 'systemd: DefaultTimeoutStartSec, 90 s',
  judge: (moment): readonly Found[] =>
    troubled(moment)
      .filter(({ trouble }) => trouble === 'stuck')
      .map((one): Found => ({
        ...about(one, moment.units.ageMs),
        severity: one.severity,
        sentence: `${one.unit.active} for ${span(one.forSeconds ?? 0)} (${one.unit.sub})${one.unit.job === undefined ? '' : `, job ${one.unit.job}`}`,
        next: 'open systemd, ↵ on the unit: the last lines of its journal; what it waits for: After=',
      })),
});

/** Unit whose file is not valid. */
export const unitNotLoaded = defineFinding({
  id: 'unit-not-loaded',
  title: 'Unit files that are not valid',
  needs,
  authority: 'systemd: LoadState error, bad-setting',
  judge: (moment): readonly Found[] =>
    troubled(moment)
      .filter(({ trouble }) => trouble === 'not loaded')
      .map((one): Found => ({
        ...about(one, moment.units.ageMs),
        severity: one.severity,
        sentence: `not loaded (${one.unit.load})${after(one.unit.trouble?.loadError ?? '')}`,
        next: 'check its file: `systemd-analyze verify UNIT`, and drop-ins of the last day (H)',
      })),
});
