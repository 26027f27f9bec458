import { gateways, gatewaySeverity } from '../../entities/network/routes.ts';
import { policyRules, strayedAddresses } from '../../entities/network/rules.ts';
import { wideTunnels } from '../../entities/network/tunnels.ts';
import { count, percent, span } from '../../lib/units.ts';
import { links, type Link } from '../../sources/network/links.ts';
import { qdiscs } from '../../sources/network/queues.ts';
import { addresses, neighbours, routes, routingRules } from '../../sources/network/routing.ts';
import { grade, limits } from '../../thresholds.ts';
import { delta } from '../../timeline/moment.ts';
import { overLast } from '../../timeline/window.ts';
import { entityRef, thisHost } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const nic = (link: Link) => ({ entity: entityRef('nic', link.name), subject: link.name, pane: 'network' });
const byIndex = (all: readonly Link[] | undefined): ReadonlyMap<number, Link> =>
  new Map(all?.map((link) => [link.index, link]));

/** Gateway of a default route that does not reply to ARP or neighbour discovery. */
export const gatewayUnresolved = defineFinding({
  id: 'gateway-unresolved',
  title: 'Gateway does not resolve',
  needs: { routes, neighbours, links },
  authority: '[own]: FAILED in the last 2 min, or INCOMPLETE twice; kernel: ip-sysctl.rst, neigh/default',
  judge: ({ routes: table, neighbours: known, links: present }): readonly Found[] => {
    if (present.now === undefined) return [];
    const all = gateways(table.now?.items ?? [], known, byIndex(present.now?.items));
    return all.flatMap((one): Found[] => {
      const { address, link, metric, state = '', unusedSeconds } = one;
      const severity = gatewaySeverity(one, all);
      if (severity === undefined) return [];
      return [
        {
          severity,
          entity: link ? entityRef('nic', link.name) : thisHost,
          condition: `${address.includes(':') ? 'v6' : 'v4'}-metric-${metric ?? 0}`,
          ...(link ? { subject: link.name } : { subject: 'default route', subjectVocabulary: 'fixed' as const }),
          sentence: `default gateway ${address} unreachable (${state})${unusedSeconds === undefined ? '' : `, unused for ${span(unusedSeconds)}`}`,
          evidence: [{ what: address, value: state, source: 'rtnetlink neighbours' }],
          next: 'check link, VLAN and switch of that interface; `ip neigh show` and a capture of ARP on it',
          pane: 'network',
        },
      ];
    });
  },
});

/** Neighbour table near its limit, at which new peers on the local network are unreachable. */
export const neighbourTable = defineFinding({
  id: 'neighbour-table',
  title: 'Neighbour table nearly full',
  needs: { neighbours },
  authority: '[own]: 80 % of gc_thresh3; kernel: ip-sysctl.rst',
  judge: ({ neighbours: { now } }): readonly Found[] => {
    const usedPct = now?.limit === undefined || now.limit === 0 ? undefined : (100 * now.all) / now.limit;
    const severity = grade(usedPct, limits.neighbourTablePct);
    if (severity !== 'warn' && severity !== 'crit') return [];
    return [
      {
        severity,
        entity: thisHost,
        subject: 'neighbour table',
        subjectVocabulary: 'fixed',
        sentence: `${percent(usedPct)} full, ${count(now?.all)} of ${count(now?.limit)} entries (gc_thresh3)`,
        evidence: [{ what: 'entries', value: count(now?.all), source: 'rtnetlink neighbours' }],
        next: 'raise `net.ipv4.neigh.default.gc_thresh3`; look for a scan of the local network',
        pane: 'network',
      },
    ];
  },
});

/** Address that another host has as well: the kernel does not use it. */
export const addressDuplicate = defineFinding({
  id: 'address-duplicate',
  title: 'Duplicate address',
  needs: { addresses, links },
  authority: 'RFC 4862, 5.4: duplicate address detection failed',
  judge: ({ addresses: { now }, links: all }): readonly Found[] => {
    const known = byIndex(all.now?.items);
    return (now?.items ?? []).flatMap(({ index, address, states }): Found[] => {
      const link = known.get(index);
      if (!states.includes('dadfailed') || !link) return [];
      return [
        {
          ...nic(link),
          severity: 'crit',
          condition: address,
          sentence: `${address} is a duplicate, detection failed (dadfailed)`,
          evidence: [{ what: address, value: states.join(', '), source: 'rtnetlink addresses' }],
          next: 'find the other host by its MAC: `ip neigh`, or the switch; then remove one of the two',
        },
      ];
    });
  },
});

/** Address whose own routing table lost its routes, as after a link that was down: the main table sends its replies over another link. */
export const ruleTableEmpty = defineFinding({
  id: 'rule-table-empty',
  title: 'Routing table of a rule empty',
  needs: { routingRules, routes, addresses, links },
  authority: '[own]; ip-rule(8): a table without a matching route falls through to the next rule',
  judge: ({ routingRules: rules, routes: table, addresses: own, links: present }): readonly Found[] => {
    if (!rules.now || !table.now || !own.now) return [];
    const policy = policyRules(rules.now.items, table.now);
    return strayedAddresses(policy, table.now.items, own.now.items, byIndex(present.now?.items)).map(
      ({ rule, address, link, over }): Found => ({
        ...nic(link),
        severity: 'warn',
        condition: address,
        sentence: `${address}: routing table ${rule.table} empty, its packets leave over ${over.name}`,
        evidence: [
          { what: `rule ${rule.priority}`, value: `${rule.selector} ${rule.action}`, source: 'rtnetlink rules' },
          { what: `table ${rule.table}`, value: 'no route', source: 'rtnetlink routes' },
        ],
        next: `restore the routes of table ${rule.table} (netplan, NetworkManager, ifupdown): a link that goes down takes them`,
      }),
    );
  },
});

/** Tunnel or VLAN whose packets are larger than the link below carries: large packets are lost, small ones pass. */
export const tunnelMtu = defineFinding({
  id: 'tunnel-mtu',
  title: 'Tunnel MTU too large',
  needs: { links, routes },
  authority: 'RFC 7348, RFC 8926: 50 bytes over the inner packet (70 over IPv6)',
  judge: ({ links: { now }, routes: table }): readonly Found[] =>
    wideTunnels(byIndex(now?.items), table.now?.items ?? []).map(({ link, lower, fitsBytes }): Found => ({
      ...nic(link),
      severity: 'warn',
      sentence: `${link.kind} MTU ${link.mtuBytes} above ${fitsBytes} that fit into ${lower.name} (MTU ${lower.mtuBytes})`,
      evidence: [
        {
          what: link.name,
          value: `MTU ${link.mtuBytes}, over ${lower.name} ${lower.mtuBytes}`,
          source: 'rtnetlink links',
        },
      ],
      next: `set the MTU to ${fitsBytes}, or raise that of ${lower.name}: large packets are dropped or fragmented`,
    })),
});

/** Transmit queue of a link that drops while packets wait: it is asked for more than it may send. */
export const qdiscDrops = defineFinding({
  id: 'qdisc-drops',
  title: 'Transmit queue drops',
  needs: { qdiscs, links },
  authority: '[own]: 1 drop/s; tc(8)',
  judge: ({ qdiscs: queues, links: all }): readonly Found[] => {
    const seen = overLast(queues, 8, 4);
    const known = byIndex(all.now?.items);
    const before = new Map(seen.before?.items.map((one) => [`${one.index} ${one.kind} ${one.isRoot}`, one]));
    const wasWhole = seen.before !== undefined && seen.before.items.length >= seen.before.all;
    return (seen.now?.items ?? []).flatMap((one): Found[] => {
      const link = known.get(one.index);
      // One that was set up since then had dropped none.
      const old = before.get(`${one.index} ${one.kind} ${one.isRoot}`)?.drops ?? (wasWhole ? 0 : undefined);
      const perSec = delta(one.drops, old, seen.seconds);
      if (!link || !one.isRoot || perSec === undefined || perSec < limits.qdiscDropsPerSec.warn) return [];
      return [
        {
          ...nic(link),
          severity: 'warn',
          sentence: `${count(perSec)} drops/s in qdisc ${one.kind}, ${count(one.queued)} packets queued`,
          evidence: [
            { what: 'drops', value: `${count(perSec)}/s`, source: 'rtnetlink qdiscs' },
            { what: 'backlog', value: `${count(one.backlogBytes)} bytes`, source: 'rtnetlink qdiscs' },
          ],
          next: `read \`tc -s qdisc show dev ${link.name}\`: a shaper below the demand, or a link that is full`,
        },
      ];
    });
  },
});
