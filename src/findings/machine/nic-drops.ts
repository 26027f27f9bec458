import { droppingNics } from '../../entities/machine/nic-loss.ts';
import { count, percent } from '../../lib/units.ts';
import { netdev } from '../../sources/machine/netdev.ts';
import { meanMark } from '../../timeline/window.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Dropped packets of an interface: rings too small, a busy CPU, a guest that does not empty its tap. */
export const nicDrops = defineFinding({
  id: 'nic-drops',
  title: 'NIC drops',
  needs: { netdev },
  authority: 'ceph-mixin CephNodeNetworkPacketDrops: 0.5 % of packets and 10/s',
  judge: (moment) =>
    droppingNics(moment.netdev).map(({ rate, loss }): Found => {
      return {
        severity: 'warn',
        subject: rate.name,
        entity: entityRef('nic', rate.name),
        sentence: `${count(loss.perSec)} drops/s of ${count(loss.packetsPerSec)} packets/s (${percent(loss.lostPct)})${meanMark(moment.netdev)}`,
        evidence: [
          { what: 'rx dropped', value: `${count(rate.rxDroppedPerSec)}/s`, source: '/proc/net/dev' },
          { what: 'tx dropped', value: `${count(rate.txDroppedPerSec)}/s`, source: '/proc/net/dev' },
        ],
        next:
          (rate.txDroppedPerSec ?? 0) > (rate.rxDroppedPerSec ?? 0)
            ? 'tx: check the guest behind the tap, or the queue length: `tc -s qdisc`'
            : 'compare softnet drops and busy CPUs, then ring sizes (`ethtool -g`) and `ethtool -S`',
        pane: 'hardware',
      };
    }),
});
