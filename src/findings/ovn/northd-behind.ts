import { northdLag } from '../../entities/ovn/chassis.ts';
import { count, plural, span } from '../../lib/units.ts';
import { ovnCentral } from '../../sources/ovn/central.ts';
import { ovnDaemons } from '../../sources/ovn/daemons.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';

/** ovn-northd behind the northbound database: changes reach no chassis. */
export const ovnNorthdBehind = defineFinding({
  id: 'ovn-northd-behind',
  title: 'ovn-northd behind',
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
        subjectVocabulary: 'fixed',
        entity: entityRef('daemon', 'ovn-northd'),
        sentence: `${plural(lag.behind, 'transaction')} behind for ${span(lag.seconds)}`,
        evidence: [
          { what: 'sb_cfg', value: count(central.now?.global?.sbCfg), source: 'northbound NB_Global' },
          { what: 'nb_cfg', value: count(central.now?.global?.nbCfg), source: 'northbound NB_Global' },
          { what: 'northd', value: daemons.now?.northd ?? 'not present', source: 'ovn-northd status' },
        ],
        next: 'check that one is active: `ovn-appctl -t ovn-northd status`; open OVN, northd: loop time; `ovn-appctl -t ovn-northd sb-connection-status`',
        pane: 'ovn',
        ...onsetAgo(lag.seconds, 'NB_Global nb_cfg_timestamp'),
      },
    ];
  },
});
