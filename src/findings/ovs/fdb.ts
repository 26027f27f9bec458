import { plain } from '../../lib/plain.ts';
import { count, percent } from '../../lib/units.ts';
import { ovsSwitch, type Fdb, type OvsSwitchSample } from '../../sources/ovs/switch.ts';
import { delta, type Seen } from '../../timeline/moment.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

/** A live migration moves a few addresses once; a loop moves them without end. */
const MOVES_PER_SEC = 1;

function ratesOf(
  { bridge, moved, evicted }: Fdb,
  { before, seconds }: Pick<Seen<OvsSwitchSample>, 'before' | 'seconds'>,
) {
  const old = before?.fdb.find((one) => one.bridge === bridge);
  return {
    movedPerSec: delta(moved, old?.moved, seconds),
    evictedPerSec: delta(evicted, old?.evicted, seconds),
  };
}

/** FDBs (MAC learning tables) that are full, or whose MACs move between ports. */
export const ovsFdb = defineFinding({
  id: 'ovs-fdb',
  title: 'FDB of a bridge: full, or MACs move between ports',
  needs: { ovsSwitch },
  authority: `${limits.ovsTableUsedPct.authority}; more than ${MOVES_PER_SEC} MAC move/s: [own]`,
  judge: ({ ovsSwitch: latest }) => {
    const seen = overLast(latest, 30, 5);
    return (latest.now?.fdb ?? []).flatMap((fdb): Found[] => {
      const { bridge, entries, most } = fdb;
      // The longer window keeps one odd reading out, the latest reading ends the finding and has its figures.
      const { movedPerSec, evictedPerSec } = ratesOf(fdb, latest);
      const before = ratesOf(fdb, seen);
      const usedPct = entries === undefined || !most ? undefined : (100 * entries) / most;
      const full = grade(usedPct, limits.ovsTableUsedPct);
      const moving = Math.min(movedPerSec ?? 0, before.movedPerSec ?? 0) > MOVES_PER_SEC;
      const evicting = Math.min(evictedPerSec ?? 0, before.evictedPerSec ?? 0) > 0;
      if (full === 'text' && !moving && !evicting) return [];
      const conditions = [
        ...(full === 'text' ? [] : [`FDB ${percent(usedPct)} full, ${count(entries)} of ${count(most)} MACs`]),
        ...(evicting ? [`${count(evictedPerSec)} MAC evictions/s, their traffic is flooded`] : []),
        ...(moving ? [`${count(movedPerSec)} MAC moves/s: loop or duplicate MAC`] : []),
      ];
      return [
        {
          severity: full === 'crit' || evicting ? 'crit' : 'warn',
          subject: plain(bridge),
          entity: entityRef('bridge', bridge),
          sentence: conditions.join('; '),
          evidence: [
            { what: 'learned', value: `${count(entries)} of ${count(most)}`, source: 'fdb/stats-show' },
            { what: 'moved', value: `${count(movedPerSec)}/s`, source: 'fdb/stats-show' },
            { what: 'evicted', value: `${count(evictedPerSec)}/s`, source: 'fdb/stats-show' },
          ],
          next: 'open OVS, ↵ on the bridge: MACs by port; raise the table size: `other_config:mac-table-size`',
          pane: 'ovs',
        },
      ];
    });
  },
});
