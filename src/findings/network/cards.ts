import { driverLosses, ringText, type DriverLoss } from '../../entities/network/driver-loss.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import { nics } from '../../sources/machine/nics.ts';
import type { LossKind } from '../../sources/network/driver-counters.ts';
import { drivers, type CardDriver } from '../../sources/network/drivers.ts';
import { links } from '../../sources/network/links.ts';
import { limits } from '../../thresholds.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const CAUSES: Readonly<Record<LossKind, (card: CardDriver) => string>> = {
  ring: (card) => `ring full${card.rings ? `, rx ring ${ringText(card)}` : ''}`,
  wire: () => 'damaged frames from the wire',
  timeout: () => 'transmit queue stuck',
  card: () => 'dropped by the card',
};

const NEXT: Readonly<Record<LossKind, (name: string) => string>> = {
  ring: (name) =>
    `compare \`ethtool -g ${name}\` with its maximum; open Hardware, softirqs: one CPU may serve all queues`,
  wire: () => 'replace cable or transceiver; read the counters of the switch port',
  timeout: (name) => `open Kernel log, filter \`${name}\`; check firmware and driver of the card`,
  card: (name) => `read \`ethtool -S ${name}\`: the counter names where the packets end`,
};

/** Network card that loses packets before the kernel has them, by the counters of its driver. */
export const nicDriverLoss = defineFinding({
  id: 'nic-driver-loss',
  title: 'Network card loses packets',
  needs: { drivers },
  authority: limits.nicLossPerSec.authority,
  judge: ({ drivers: seen }): readonly Found[] =>
    [...(seen.now?.cards.values() ?? [])].flatMap((card): Found[] => {
      const losses = driverLosses(seen, card.name).filter(({ kind, perSec }) => perSec >= leastOf(kind));
      const worst = losses.find(({ kind }) => kind === 'timeout') ?? losses[0];
      if (!worst) return [];
      return [
        {
          severity: worst.kind === 'timeout' ? 'crit' : 'warn',
          entity: entityRef('nic', card.name),
          subject: plain(card.name),
          sentence: `${rate(worst)} ${plain(worst.counter)}: ${CAUSES[worst.kind](card)}`,
          evidence: [
            ...losses.slice(0, 5).map((loss) => ({ what: plain(loss.counter), value: rate(loss), source: 'ethtool -S' })), // prettier-ignore
            { what: 'rx ring', value: ringText(card) ?? 'unknown', source: 'ethtool -g' },
            { what: 'driver', value: plain(card.driver ?? 'unknown'), source: 'ethtool -i' },
          ],
          next: NEXT[worst.kind](plain(card.name)),
          pane: 'network',
        },
      ];
    }),
});

/** One timeout of a transmit queue resets the card. */
const leastOf = (kind: LossKind): number => (kind === 'timeout' ? Number.MIN_VALUE : limits.nicLossPerSec.warn);
const rate = ({ perSec }: DriverLoss): string => `${count(perSec)}/s`;

const NO_PARTNER = '00:00:00:00:00:00';
const LACP = '802.3ad';

/** Bond with LACP whose switch does not take part, or of which members are in unlike groups: one link carries all. */
export const bondLacp = defineFinding({
  id: 'bond-lacp',
  title: 'LACP not established',
  needs: { links, nics },
  authority: 'kernel: networking/bonding.rst, 802.3ad; IEEE 802.1AX',
  judge: ({ links: seen, nics: cards }): readonly Found[] =>
    (seen.now?.items ?? []).flatMap((link): Found[] => {
      if (link.kind !== 'bond' || link.bondMode !== LACP || !link.isUp) return [];
      const members = cards.now?.bonds.find(({ name }) => name === link.name)?.members ?? [];
      // A member that is down has a group by itself, and its own finding.
      const up = members.filter(({ miiStatus }) => miiStatus === 'up');
      const groups = new Set(up.flatMap(({ aggregator }) => aggregator ?? []));
      const hasPartner = link.lacpPartner !== undefined && link.lacpPartner !== NO_PARTNER;
      if (link.lacpPartner === undefined || (hasPartner && groups.size <= 1)) return [];
      return [
        {
          severity: 'warn',
          entity: entityRef('bond', link.name),
          subject: plain(link.name),
          sentence: hasPartner
            ? `members in ${groups.size} LACP aggregators: one carries traffic`
            : 'no LACP partner: the switch does not speak LACP on these ports',
          evidence: [
            { what: 'partner', value: link.lacpPartner, source: 'rtnetlink links' },
            ...members.map(({ name, aggregator }) => ({
              what: plain(name),
              value: `aggregator ${aggregator ?? 'unknown'}`,
              source: `/proc/net/bonding/${plain(link.name)}`,
            })),
          ],
          next: 'compare the LACP group of the switch ports with the members: `cat /proc/net/bonding/*`',
          pane: 'network',
        },
      ];
    }),
});
