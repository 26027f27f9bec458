import { failingNics } from '../../entities/machine/nic-loss.ts';
import { count, percent } from '../../lib/units.ts';
import { netdev } from '../../sources/machine/netdev.ts';
import { nics } from '../../sources/machine/nics.ts';
import { meanMark } from '../../timeline/window.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Receive and transmit errors of an interface: cable, transceiver, port or slot. */
export const nicErrors = defineFinding({
  id: 'nic-errors',
  title: 'NIC errors',
  needs: { netdev, nics },
  authority:
    'ceph-mixin CephNodeNetworkPacketErrors: 0.01 % of packets or 10/s; node-mixin NodeNetworkReceiveErrs: 1 % (critical here from 10/s)',
  judge: (moment) =>
    failingNics(moment.netdev).map(({ rate, loss, severity }): Found => {
      const nic = moment.nics.now?.nics.get(rate.name);
      return {
        severity,
        subject: rate.name,
        entity: entityRef('nic', rate.name),
        sentence: `${count(loss.perSec)} errors/s in ${count(loss.packetsPerSec)} packets/s (${percent(loss.lostPct)})${meanMark(moment.netdev)}`,
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
      };
    }),
});
