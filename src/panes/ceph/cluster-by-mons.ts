import { bytes, count } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import type { MonCounters } from '../../sources/ceph/mon-counters.ts';
import { percent } from '../../lib/units.ts';
import { figure, type Figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import type { Role } from '../../theme.ts';

/** Lines from the perf counters of a local monitor, for when the cluster is not readable through librados. */
export function linesByMons(counters: MonCounters): readonly FigureLine[] {
  const { mon, osds, osdsUp, osdsIn, pgs, pgsClean, pgsPeering } = counters;
  const objects = (word: string, number: number | undefined, role: Role): readonly Figure[] =>
    number === undefined || number === 0 ? [] : [figure(`${count(number)} objects ${word}`, role)];
  const fewer = (some: number | undefined, all: number | undefined): boolean =>
    some !== undefined && all !== undefined && some < all;
  return [
    {
      label: 'osds',
      figures: [
        figure(`${count(osdsUp)} up`, fewer(osdsUp, osds) ? 'crit' : 'text'),
        figure(`${count(osdsIn)} in`, fewer(osdsIn, osds) ? 'warn' : 'text'),
        figure(`of ${count(osds)}`),
        figure(`from mon.${plain(mon)} counters`, 'dim'),
      ],
    },
    {
      label: 'pgs',
      figures: [
        figure(count(pgs)),
        figure(`${count(pgsClean)} active+clean`, fewer(pgsClean, pgs) ? 'warn' : 'text'),
        ...(pgsPeering ? [figure(`${count(pgsPeering)} peering`, 'crit')] : []),
        ...objects('unfound', counters.unfoundObjects, 'crit'),
        ...objects('degraded', counters.degradedObjects, 'warn'),
        ...objects('misplaced', counters.misplacedObjects, 'text'),
      ],
    },
    {
      label: 'space',
      figures: [
        figure(
          `${percent(counters.usedBytes === undefined || !counters.totalBytes ? undefined : (100 * counters.usedBytes) / counters.totalBytes)} of ${bytes(counters.totalBytes)} used`,
        ),
      ],
    },
  ];
}
