import { count, percent } from '../../lib/units.ts';
import { netdev, nicRates } from '../../sources/machine/netdev.ts';
import { nics } from '../../sources/machine/nics.ts';
import { defineFinding, type Found } from '../finding.ts';
import { nicLoss } from './nic-loss.ts';
import { overLast } from '../../timeline/window.ts';

/** A cable, a transceiver, a port or a slot is going. */
export const nicErrors = defineFinding({
  id: 'nic-errors',
  title: 'Errors on a network interface',
  needs: { netdev, nics },
  authority:
    'ceph-mixin CephNodeNetworkPacketErrors: 0.01 % of packets or 10/s; node-mixin NodeNetworkReceiveErrs: 1 % (critical here from 10/s)',
  judge: (moment) =>
    nicRates(overLast(moment.netdev, 60)).flatMap((rate): Found[] => {
      const loss = nicLoss(rate, 'errors');
      if (!loss || (loss.lostPct < 0.01 && loss.perSec < 10)) return [];
      const nic = moment.nics.now?.nics.get(rate.name);
      return [
        {
          severity: loss.lostPct > 1 && loss.perSec >= 10 ? 'crit' : 'warn',
          subject: rate.name,
          sentence: `${rate.name} has ${count(loss.perSec)} errors/s in ${count(loss.packetsPerSec)} packets/s (${percent(loss.lostPct)})`,
          evidence: [
            { what: 'receive errors', value: `${count(rate.rxErrorsPerSec)}/s`, source: '/proc/net/dev' },
            { what: 'transmit errors', value: `${count(rate.txErrorsPerSec)}/s`, source: '/proc/net/dev' },
            {
              what: 'link changes since it exists',
              value: count(nic?.carrierChanges),
              source: `/sys/class/net/${rate.name}/carrier_changes`,
            },
          ],
          next: 'look at its kinds of errors (ethtool -S), then at cable, transceiver and the switch port',
          pane: 'hardware',
        },
      ];
    }),
});
