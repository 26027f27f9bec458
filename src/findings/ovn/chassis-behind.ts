import { chassisLags } from '../../entities/ovn/chassis.ts';
import { plain } from '../../lib/plain.ts';
import { count, plural, span } from '../../lib/units.ts';
import { ovnCentral } from '../../sources/ovn/central.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';

/** Chassis that have not applied the newest nb_cfg: dead, disconnected or overloaded. */
export const ovnChassisBehind = defineFinding({
  id: 'ovn-chassis-behind',
  title: 'OVN chassis behind',
  needs: { ovnCentral },
  authority: limits.ovnBehindSeconds.authority,
  judge: ({ ovnCentral: seen }) =>
    (seen.now === undefined ? [] : chassisLags(seen.now)).flatMap(({ chassis, behind, behindSeconds }): Found[] => {
      const severity = grade(behindSeconds, limits.ovnBehindSeconds);
      if (severity === 'text' || behind === undefined) return [];
      return [
        {
          severity,
          subject: plain(chassis.name),
          entity: entityRef('chassis', chassis.name),
          sentence: `${plural(behind, 'transaction')} behind for ${span(behindSeconds)}${chassis.hostname === undefined ? '' : `, host ${plain(chassis.hostname)}`}`,
          evidence: [
            { what: 'nb_cfg of the chassis', value: count(chassis.nbCfg), source: 'southbound Chassis_Private' },
            { what: 'nb_cfg', value: count(seen.now?.global?.nbCfg), source: 'northbound NB_Global' },
          ],
          next: 'on that host: `ovn-appctl -t ovn-controller connection-status`; a chassis that is gone for good: `ovn-sbctl chassis-del`',
          pane: 'ovn',
          ...onsetAgo(behindSeconds, 'NB_Global nb_cfg_timestamp'),
        },
      ];
    }),
});
