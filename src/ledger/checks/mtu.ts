import { smallMtus } from '../../entities/ovs/mtu.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import { vethPeers } from '../../sources/containers/veth-peers.ts';
import { netdev, nicRates } from '../../sources/machine/netdev.ts';
import { nics } from '../../sources/machine/nics.ts';
import { ovnCentral } from '../../sources/ovn/central.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import { overLast } from '../../timeline/window.ts';
import { check, defineChecks, type Check } from '../check.ts';

const line = { pane: 'hardware', aspect: 'errors', rules: ['mtu-mismatch'], what: 'MTU', limit: 'one in a network, 1 drop/s' } as const; // prettier-ignore

/** MTUs of interfaces that share a network with others: members of bridges and switches, ends of veth pairs, ports of OVS. */
export const mtuChecks = defineChecks({
  id: 'mtu',
  needs: { netdev, nics, ovsDb, ovnCentral, vethPeers },
  rules: ['mtu-mismatch'],
  of: ({ netdev: counters, nics: cards, ovsDb: db, ovnCentral: central, vethPeers: veths }): readonly Check[] => {
    const small = new Map(smallMtus(db.now, central.now).map((one) => [one.port, one]));
    const rates = new Map(nicRates(overLast(counters, 10, 1.5)).map((rate) => [rate.name, rate]));
    const devices = cards.now?.nics;
    const valueOf = (name: string, mtu: number, drops: number | undefined) => {
      const larger = small.get(name)?.larger;
      if (larger) return `${mtu}, ${plain(larger.port)} ${larger.mtu}`;
      return drops === undefined ? undefined : `${mtu}, ${count(drops)} drops/s`;
    };
    const loadOf = (name: string, drops: number | undefined) => (small.has(name) ? Infinity : (drops ?? 0));
    const ports = (db.now?.interfaces ?? []).filter(
      ({ name, mtu }) => mtu !== undefined && devices?.has(name) !== true,
    );
    return [
      ...[...(devices?.values() ?? [])].flatMap(({ name, mtuBytes, master, operState }) => {
        const shares = master !== undefined || veths.now?.peers.has(name) === true;
        if (mtuBytes === undefined || (!small.has(name) && (!shares || operState === 'down'))) return [];
        const { rxDroppedPerSec, txDroppedPerSec, txErrorsPerSec } = rates.get(name) ?? {};
        const known = [rxDroppedPerSec, txDroppedPerSec, txErrorsPerSec].filter((rate) => rate !== undefined);
        const drops = known.length === 0 ? undefined : known.reduce((sum, rate) => sum + rate, 0);
        return check(
          { ...line, entity: entityRef('nic', name), name: plain(name), family: 'NICs', load: loadOf(name, drops) },
          valueOf(name, mtuBytes, drops),
          // Hosts without bonds have no such files: not the reason of a missing rate.
          drops === undefined && !small.has(name) ? { netdev: counters } : { nics: cards, netdev: counters },
        );
      }),
      // Ports of the userspace datapath without a device.
      ...ports.flatMap(({ name, mtu = 0 }) =>
        check(
          {
            ...line,
            entity: entityRef('port', name),
            name: plain(name),
            family: 'ports',
            load: loadOf(name, undefined),
          },
          small.has(name) ? valueOf(name, mtu, undefined) : String(mtu),
          { ovsDb: db },
        ),
      ),
    ];
  },
});
