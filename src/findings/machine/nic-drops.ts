import { count, percent } from '../../lib/units.ts';
import { netdev, nicRates } from '../../sources/machine/netdev.ts';
import { defineFinding, type Found } from '../finding.ts';
import { nicLoss } from './nic-loss.ts';
import { overLast } from '../../timeline/window.ts';

/** Packets that nobody fetched in time: rings too small, a CPU too busy, a guest that does not empty its tap. */
export const nicDrops = defineFinding({
  id: 'nic-drops',
  title: 'Packets dropped by a network interface',
  needs: { netdev },
  authority: 'ceph-mixin CephNodeNetworkPacketDrops: 0.5 % of packets and 10/s',
  judge: (moment) =>
    nicRates(overLast(moment.netdev, 60)).flatMap((rate): Found[] => {
      const loss = nicLoss(rate, 'drops');
      if (!loss || loss.lostPct < 0.5 || loss.perSec < 10) return [];
      return [
        {
          severity: 'warn',
          subject: rate.name,
          sentence: `${rate.name} drops ${count(loss.perSec)} packets/s of ${count(loss.packetsPerSec)} (${percent(loss.lostPct)})`,
          evidence: [
            { what: 'dropped on receive', value: `${count(rate.rxDroppedPerSec)}/s`, source: '/proc/net/dev' },
            { what: 'dropped on transmit', value: `${count(rate.txDroppedPerSec)}/s`, source: '/proc/net/dev' },
          ],
          next:
            (rate.txDroppedPerSec ?? 0) > (rate.rxDroppedPerSec ?? 0)
              ? 'whoever is behind it does not keep up: the guest of a tap, or a queue that is too short (tc -s qdisc)'
              : 'compare with softnet drops and busy CPUs, then ring sizes (ethtool -g) and counters (ethtool -S)',
          pane: 'hardware',
        },
      ];
    }),
});
