import { nics } from '../../sources/machine/nics.ts';
import { defineFinding, type Found } from '../finding.ts';

/** A bond that lost a member works on, with less bandwidth and nothing in reserve. */
export const bondMemberDown = defineFinding({
  id: 'bond-member-down',
  title: 'A bond has lost a member',
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
          sentence: all
            ? `${bond.name} has no working member: ${down.map(({ name }) => name).join(', ')} ${down.length === 1 ? 'is' : 'are'} down`
            : `${bond.name} runs on ${bond.members.length - down.length} of ${bond.members.length} members: ${down.map(({ name, miiStatus }) => `${name} is ${miiStatus}`).join(', ')}`,
          evidence: [
            { what: 'mode', value: bond.mode ?? 'unknown', source },
            ...bond.members.map(({ name, miiStatus, linkFailures }) => ({
              what: name,
              value: `${miiStatus ?? 'unknown'}${linkFailures === undefined ? '' : `, link lost ${linkFailures} times`}`,
              source,
            })),
          ],
          next: 'look at the link of the member that is down: cable, transceiver, switch port, LACP partner',
          pane: 'hardware',
        },
      ];
    }),
});
