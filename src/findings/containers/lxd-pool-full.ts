import { bytes, count, percent } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import { lxdPools, type LxdPool } from '../../sources/containers/lxd-pools.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';

/** All containers in a full pool fail to write at once. */
export const lxdPoolFull = defineFinding({
  id: 'lxd-pool-full',
  title: 'A storage pool of LXD that is nearly full',
  needs: { lxdPools },
  authority: limits.lxdPoolUsedPct.authority,
  judge: (moment) =>
    [...(moment.lxdPools.now?.servers ?? [])].flatMap(([place, pools]) =>
      pools.flatMap((pool): Found[] => {
        const space = share(pool.usedBytes, pool.totalBytes);
        const inodes = share(pool.usedInodes, pool.totalInodes);
        return [
          { what: 'space', pct: space, of: `${bytes(pool.usedBytes)} of ${bytes(pool.totalBytes)}` },
          { what: 'inodes', pct: inodes, of: `${count(pool.usedInodes)} of ${count(pool.totalInodes)}` },
        ].flatMap(({ what, pct, of }): Found[] => {
          const severity = grade(pct, limits.lxdPoolUsedPct);
          if (severity === 'text') return [];
          return [
            {
              severity,
              subject: `pool ${plain(pool.name)} ${what}`,
              sentence: `the LXD pool ${plain(pool.name)} (${plain(pool.driver ?? 'unknown driver')}) has ${percent(pct)} of its ${what} used: ${of}`,
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

const next = ({ driver }: LxdPool): string =>
  driver === 'zfs' || driver === 'btrfs' || driver === 'lvm'
    ? 'old snapshots hold space (lxc info NAME lists them); the pool itself can be grown'
    : 'see who fills it (lxc storage info POOL), and the file system below it';

const share = (used: number | undefined, total: number | undefined): number | undefined =>
  used === undefined || total === undefined ? undefined : (100 * used) / total;
