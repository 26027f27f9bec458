import { percent } from '../../lib/units.ts';
import { isDegraded, mdstat } from '../../sources/machine/mdstat.ts';
import { defineFinding, type Found } from '../finding.ts';

/** A software RAID that has lost a disk: the next one may take the data along. */
export const raidDegraded = defineFinding({
  id: 'raid-degraded',
  title: 'A software RAID has lost a disk',
  needs: { mdstat },
  authority: 'node-mixin NodeRAIDDegraded (critical), NodeRAIDDiskFailure (warning); md(4)',
  judge: (moment) =>
    (moment.mdstat.now ?? []).flatMap((array): Found[] => {
      const degraded = isDegraded(array);
      const inactive = array.state.startsWith('inactive');
      if (!degraded && !inactive && array.failed.length === 0) return [];
      const rebuilding = array.action === undefined ? '' : `; ${array.action} at ${percent(array.actionPct)}`;
      return [
        {
          severity: degraded ? 'crit' : 'warn',
          subject: array.name,
          sentence: degraded
            ? `${array.name} runs on ${array.working} of ${array.wanted} disks${rebuilding}`
            : inactive
              ? `${array.name} is inactive: it was not assembled`
              : `${array.name} is complete, but ${array.failed.join(', ')} failed in it${rebuilding}`,
          evidence: [
            { what: 'state', value: `${array.state} ${array.level ?? ''}`.trim(), source: '/proc/mdstat' },
            { what: 'members', value: array.members.join(' '), source: '/proc/mdstat' },
            { what: 'failed', value: array.failed.join(' ') || 'none named', source: '/proc/mdstat' },
          ],
          next: 'see the state of its members (mdadm --detail) and replace the one that failed',
          pane: 'hardware',
        },
      ];
    }),
});
