import { northdLag } from '../../entities/ovn/chassis.ts';
import { count, duration } from '../../lib/units.ts';
import { ovnCentral } from '../../sources/ovn/central.ts';
import { ovnDaemons } from '../../sources/ovn/daemons.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';

/** What is configured is not translated: no host hears of it. */
export const ovnNorthdBehind = defineFinding({
  id: 'ovn-northd-behind',
  title: 'ovn-northd lags behind',
  needs: { ovnCentral, ovnDaemons },
  authority: limits.ovnBehindSeconds.authority,
  judge: ({ ovnCentral: central, ovnDaemons: daemons }): readonly Found[] => {
    const lag = central.now && northdLag(central.now);
    const severity = grade(lag?.seconds, limits.ovnBehindSeconds);
    if (severity === 'text' || !lag) return [];
    return [
      {
        severity,
        subject: 'ovn-northd',
        sentence: `ovn-northd has not translated ${count(lag.behind)} changes, the newest waits for ${duration(lag.seconds)}`,
        evidence: [
          { what: 'translated', value: count(central.now?.global?.translated), source: 'northbound NB_Global sb_cfg' },
          { what: 'configured', value: count(central.now?.global?.wanted), source: 'northbound NB_Global nb_cfg' },
          { what: 'northd', value: daemons.now?.northd ?? 'not known here', source: 'ovn-northd status' },
        ],
        next: 'is one northd active (ovn-appctl -t ovn-northd status); how long do its rounds take; does it reach both databases',
        pane: 'ovn',
      },
    ];
  },
});
