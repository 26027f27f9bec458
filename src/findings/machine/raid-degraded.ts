import { actionText, isDegraded, isNotAssembled, mdstat } from '../../sources/machine/mdstat.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Degraded md array: the next failed disk may lose the data. */
export const raidDegraded = defineFinding({
  id: 'raid-degraded',
  title: 'RAID degraded',
  needs: { mdstat },
  authority: 'node-mixin NodeRAIDDegraded (critical), NodeRAIDDiskFailure (warning); md(4)',
  judge: (moment) =>
    (moment.mdstat.now ?? []).flatMap((array): Found[] => {
      const degraded = isDegraded(array);
      const inactive = isNotAssembled(array);
      if (!degraded && !inactive && array.failed.length === 0) return [];
      const action = actionText(array);
      const rebuilding = action === undefined ? '' : `, ${action}`;
      return [
        {
          severity: degraded ? 'crit' : 'warn',
          subject: array.name,
          entity: entityRef('md-array', array.name),
          sentence: degraded
            ? `degraded, ${array.working} of ${array.wanted} disks active${rebuilding}`
            : inactive
              ? 'inactive, not assembled'
              : `complete, ${array.failed.join(', ')} failed${rebuilding}`,
          evidence: [
            { what: 'state', value: `${array.state} ${array.level ?? ''}`.trim(), source: '/proc/mdstat' },
            { what: 'members', value: array.members.join(' '), source: '/proc/mdstat' },
            { what: 'failed', value: array.failed.join(' ') || 'none', source: '/proc/mdstat' },
          ],
          next: '`mdadm --detail` for the state of its members; replace the failed one',
          pane: 'hardware',
        },
      ];
    }),
});
