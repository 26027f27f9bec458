import { isDownInUse } from '../../entities/machine/nic-link.ts';
import { plain } from '../../lib/plain.ts';
import { nics } from '../../sources/machine/nics.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';

/** Card without a link that a bridge or a switch uses: all that is plugged in there has lost its way out. */
export const nicDown = defineFinding({
  id: 'nic-down',
  title: 'NIC in use has no link',
  needs: { nics },
  authority: 'RFC 2863: operstate down of a card with a master; members of bonds are judged with their bond',
  judge: ({ nics: { now } }) => {
    const bonded = new Set(now?.bonds.flatMap(({ members }) => members.map(({ name }) => name)));
    return [...(now?.nics.values() ?? [])]
      .filter((nic) => isDownInUse(nic) && !bonded.has(nic.name))
      .map(({ name, master, carrierChanges }) => ({
        severity: 'crit' as const,
        subject: name,
        entity: entityRef('nic', name),
        sentence: `link down, member of ${plain(master ?? '')}`,
        evidence: [
          { what: 'operstate', value: 'down', source: `/sys/class/net/${name}/operstate` },
          { what: 'master', value: plain(master ?? ''), source: `/sys/class/net/${name}/master` },
          {
            what: 'carrier changes',
            value: String(carrierChanges ?? '—'),
            source: `/sys/class/net/${name}/carrier_changes`,
          },
        ],
        next: 'check cable, transceiver and switch port; `ethtool NIC` has the link, `dmesg -T` the time it went down',
        pane: 'hardware',
      }));
  },
});
