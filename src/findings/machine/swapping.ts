import { binaryBytes, count, percent } from '../../lib/units.ts';
import { meminfo } from '../../sources/machine/meminfo.ts';
import { swapUsedPct } from '../../sources/machine/memory-use.ts';
import { vmstat } from '../../sources/machine/vmstat.ts';
import { swaps, type SwappedGroup } from '../../sources/storage/swaps.ts';
import type { SampleOf } from '../../sources/source.ts';
import { perSecond, type Seen } from '../../timeline/moment.ts';
import { hostResource } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

const FILE = '/proc/vmstat';

/** Swap-out of now; swap that was used long ago does not count. */
export const swapping = defineFinding({
  id: 'swapping',
  title: 'Swapping out',
  needs: { vmstat, meminfo, swaps },
  authority: limits.swapOutPagesPerSec.authority,
  judge: (moment) => {
    // Without swap what was swapped out in the last seconds is over.
    if (moment.meminfo.now?.swapTotalKiB === 0) return [];
    const seen = overLast(moment.vmstat, 30, 5);
    const outPerSec = perSecond(seen, ({ swapOutPages }) => swapOutPages);
    const severity = grade(outPerSec, limits.swapOutPagesPerSec);
    if (severity === 'text') return [];
    const inPerSec = perSecond(seen, ({ swapInPages }) => swapInPages);
    const used = moment.meminfo.now && swapUsedPct(moment.meminfo.now);
    const areas = moment.swaps.now?.areas ?? [];
    const isZram = areas.length > 0 && areas.every(({ kind }) => kind === 'zram');
    const group = mostGrown(overLast(moment.swaps, 30, 4));
    const limit = group?.limitBytes === undefined ? '' : ` at limit ${binaryBytes(group.limitBytes)}`;
    return [
      {
        severity,
        subject: 'swap',
        subjectVocabulary: 'fixed',
        entity: hostResource('memory'),
        sentence: `out ${count(outPerSec)} pages/s${isZram ? ' to zram' : ''}, in ${count(inPerSec)} pages/s, ${percent(used)} used${group ? `, by ${group.name}${limit}` : ''}`,
        evidence: [
          { what: 'swapped out', value: `${count(outPerSec)} pages/s`, source: `${FILE} pswpout` },
          { what: 'swapped in', value: `${count(inPerSec)} pages/s`, source: `${FILE} pswpin` },
          {
            what: 'direct reclaim',
            value: `${count(perSecond(seen, ({ stealDirectPages }) => stealDirectPages))} pages/s`,
            source: `${FILE} pgsteal_direct`,
          },
          { what: 'swap used', value: percent(used), source: '/proc/meminfo' },
          ...areas.map((area) => ({ what: area.kind, value: `${area.name} ${binaryBytes(area.usedBytes)} of ${binaryBytes(area.sizeBytes)}`, source: '/proc/swaps' })), // prettier-ignore
          ...(group ? [{ what: group.name, value: `${binaryBytes(group.swapBytes)} in swap, ${binaryBytes(group.memoryBytes)} in memory`, source: 'memory.swap.current' }] : []), // prettier-ignore
        ],
        next: 'open Processes, sort by RSS; Hardware, NUMA nodes: one full node swaps while others have room',
        pane: 'hardware',
      },
    ];
  },
});

/** Least growth that accounts for a storm. */
const LEAST_BYTES = 1 << 20;

/** Control group whose swap grew most. */
function mostGrown({ now, before }: Seen<SampleOf<typeof swaps>>): SwappedGroup | undefined {
  if (before === undefined) return undefined;
  const old = new Map(before.groups.map(({ name, swapBytes }) => [name, swapBytes]));
  const growth = ({ name, swapBytes }: SwappedGroup): number => swapBytes - (old.get(name) ?? 0);
  const [most] = (now?.groups ?? []).toSorted((a, b) => growth(b) - growth(a));
  return most !== undefined && growth(most) >= LEAST_BYTES ? most : undefined;
}
