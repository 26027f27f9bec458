import { nics } from '../../sources/machine/nics.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Bond with a member down: less bandwidth, no redundancy. */
export const bondMemberDown = defineFinding({
  id: 'bond-member-down',
  title: 'Bond degraded',
  needs: { nics },
  authority: 'node-mixin NodeBondingDegraded; kernel: networking/bonding',
  judge: (moment) =>
    (moment.nics.now?.bonds ?? []).flatMap((bond): Found[] => {
      const down = bond.members.filter(({ miiStatus }) => miiStatus !== undefined && miiStatus !== 'up');
      if (down.length === 0) return [];
      const all = down.length === bond.members.length;
      const source = `/proc/net/bonding/${bond.name}`;
      return [
        {
          severity: all ? 'crit' : 'warn',
          subject: bond.name,
          entity: entityRef('bond', bond.name),
          sentence: all
            ? `down, 0 of ${bond.members.length} members up (${down.map(({ name }) => name).join(', ')} down)`
            : `degraded, ${bond.members.length - down.length} of ${bond.members.length} members up (${down.map(({ name, miiStatus }) => `${name} ${miiStatus}`).join(', ')})`,
          evidence: [
            { what: 'mode', value: bond.mode ?? 'unknown', source },
            ...bond.members.map(({ name, miiStatus, linkFailures }) => ({
              what: name,
              value: `${miiStatus ?? 'unknown'}${linkFailures === undefined ? '' : `, link failures ${linkFailures}`}`,
              source,
            })),
          ],
          next: 'check cable, transceiver, switch port and LACP partner of the member that is down',
          pane: 'hardware',
        },
      ];
    }),
});
