import { chassisLags } from '../../entities/ovn/chassis.ts';
import { plain } from '../../lib/plain.ts';
import { count, duration } from '../../lib/units.ts';
import { ovnCentral } from '../../sources/ovn/central.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';

/** A chassis that does not carry out what is configured: dead, cut off, or too busy. */
export const ovnChassisBehind = defineFinding({
  id: 'ovn-chassis-behind',
  title: 'A chassis of OVN lags behind',
  needs: { ovnCentral },
  authority: limits.ovnBehindSeconds.authority,
  judge: ({ ovnCentral: seen }) =>
    (seen.now === undefined ? [] : chassisLags(seen.now)).flatMap(({ chassis, behind, behindSeconds }): Found[] => {
      const severity = grade(behindSeconds, limits.ovnBehindSeconds);
      if (severity === 'text') return [];
      const name = plain(chassis.name);
      return [
        {
          severity,
          subject: name,
          sentence: `chassis ${name}${chassis.hostname === undefined ? '' : ` (${plain(chassis.hostname)})`} is ${count(behind)} changes behind, the newest waits for ${duration(behindSeconds)}`,
          evidence: [
            { what: 'carried out', value: count(chassis.done), source: 'southbound Chassis_Private nb_cfg' },
            { what: 'configured', value: count(seen.now?.global?.wanted), source: 'northbound NB_Global nb_cfg' },
          ],
          next: 'does ovn-controller run there and reach the southbound database; a chassis that is gone for good is removed with ovn-sbctl chassis-del',
          pane: 'ovn',
        },
      ];
    }),
});
