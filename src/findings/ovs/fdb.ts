import { plain } from '../../lib/plain.ts';
import { count, percent } from '../../lib/units.ts';
import { ovsSwitch } from '../../sources/ovs/switch.ts';
import { delta } from '../../timeline/moment.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

/** A live migration moves a few addresses once; a loop moves them without end. */
const MOVES_PER_SEC = 1;

/** The table of learned addresses is full, or addresses move about. */
export const ovsFdb = defineFinding({
  id: 'ovs-fdb',
  title: 'Learned addresses of a bridge',
  needs: { ovsSwitch },
  authority: `${limits.ovsTableUsedPct.authority}; more than ${MOVES_PER_SEC}/s that move: [own]`,
  judge: ({ ovsSwitch: latest }) => {
    const seen = overLast(latest, 30, 5);
    return (seen.now?.fdb ?? []).flatMap(({ bridge, entries, most, moved, evicted }): Found[] => {
      const old = seen.before?.fdb.find((one) => one.bridge === bridge);
      const movedPerSec = delta(moved, old?.moved, seen.seconds);
      const evictedPerSec = delta(evicted, old?.evicted, seen.seconds);
      const usedPct = entries === undefined || !most ? undefined : (100 * entries) / most;
      const full = grade(usedPct, limits.ovsTableUsedPct);
      const moving = (movedPerSec ?? 0) > MOVES_PER_SEC;
      const evicting = (evictedPerSec ?? 0) > 0;
      if (full === 'text' && !moving && !evicting) return [];
      const says = [
        ...(full === 'text' ? [] : [`${count(entries)} of ${count(most)} addresses (${percent(usedPct)})`]),
        ...(evicting ? [`${count(evictedPerSec)}/s go because it is full, their traffic is flooded`] : []),
        ...(moving ? [`${count(movedPerSec)}/s turn up at another port: a loop, or one address twice`] : []),
      ];
      return [
        {
          severity: full === 'crit' || evicting ? 'crit' : 'warn',
          subject: plain(bridge),
          sentence: `bridge ${plain(bridge)}: ${says.join('; ')}`,
          evidence: [
            { what: 'learned', value: `${count(entries)} of ${count(most)}`, source: 'fdb/stats-show' },
            { what: 'moved', value: `${count(movedPerSec)}/s`, source: 'fdb/stats-show' },
            { what: 'evicted', value: `${count(evictedPerSec)}/s`, source: 'fdb/stats-show' },
          ],
          next: 'which addresses, at which ports: ↵ on the bridge; other_config:mac-table-size sets how many there may be',
          pane: 'ovs',
        },
      ];
    });
  },
});
