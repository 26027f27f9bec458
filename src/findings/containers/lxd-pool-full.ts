import { binaryBytes, count, percent } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import { lxdPools, type LxdPool } from '../../sources/containers/lxd-pools.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';

/** In a full pool every container fails with ENOSPC at once. */
export const lxdPoolFull = defineFinding({
  id: 'lxd-pool-full',
  title: 'LXD storage pool nearly full',
  needs: { lxdPools },
  authority: limits.lxdPoolUsedPct.authority,
  judge: (moment) =>
    [...(moment.lxdPools.now?.servers ?? [])].flatMap(([place, pools]) =>
      pools.flatMap((pool): Found[] => {
        const space = share(pool.usedBytes, pool.totalBytes);
        const inodes = share(pool.usedInodes, pool.totalInodes);
        return [
          { what: 'space', pct: space, of: `${binaryBytes(pool.usedBytes)} of ${binaryBytes(pool.totalBytes)}` },
          { what: 'inodes', pct: inodes, of: `${count(pool.usedInodes)} of ${count(pool.totalInodes)}` },
        ].flatMap(({ what, pct, of }): Found[] => {
          const severity = grade(pct, limits.lxdPoolUsedPct);
          if (severity === 'text') return [];
          return [
            {
              severity,
              subject: `pool ${plain(pool.name)} ${what}`,
              entity: entityRef('storage-pool', `${place}/${pool.name}`),
              condition: what,
              sentence: `${percent(pct)} used, ${of}${pool.driver === undefined ? '' : ` (${plain(pool.driver)})`}`,
              evidence: [
                { what, value: `${of}, ${percent(pct)}`, source: `LXD (${place}) /1.0/storage-pools/…/resources` },
              ],
              next: next(pool),
              pane: 'containers',
            },
          ];
        });
      }),
    ),
});

const next = ({ name, driver }: LxdPool): string =>
  driver === 'zfs' || driver === 'btrfs' || driver === 'lvm'
    ? `delete old snapshots (\`lxc info NAME\` lists them) or grow the pool: \`lxc storage info ${plain(name)}\``
    : `\`lxc storage info ${plain(name)}\`, then \`df\` on the file system below it`;

const share = (used: number | undefined, total: number | undefined): number | undefined =>
  used === undefined || total === undefined ? undefined : (100 * used) / total;
