import { count, percent } from '../../lib/units.ts';
import { netdev, nicRates } from '../../sources/machine/netdev.ts';
import { nics } from '../../sources/machine/nics.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { nicLoss } from './nic-loss.ts';
import { overLast } from '../../timeline/window.ts';

/** Receive and transmit errors of an interface: cable, transceiver, port or slot. */
export const nicErrors = defineFinding({
  id: 'nic-errors',
  title: 'NIC errors',
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
          entity: entityRef('nic', rate.name),
          sentence: `${count(loss.perSec)} errors/s in ${count(loss.packetsPerSec)} packets/s (${percent(loss.lostPct)})`,
          evidence: [
            { what: 'rx errors', value: `${count(rate.rxErrorsPerSec)}/s`, source: '/proc/net/dev' },
            { what: 'tx errors', value: `${count(rate.txErrorsPerSec)}/s`, source: '/proc/net/dev' },
            {
              what: 'carrier changes',
              value: count(nic?.carrierChanges),
              source: `/sys/class/net/${rate.name}/carrier_changes`,
            },
          ],
          next: '`ethtool -S` for the kind of error; then check cable, transceiver, switch port',
          pane: 'hardware',
        },
      ];
    }),
});
