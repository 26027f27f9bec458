import { flowPath, flowPathNeeds, type Hop } from '../../entities/network/flow-path.ts';
import { gateways, type Gateway } from '../../entities/network/routes.ts';
import { policyRules } from '../../entities/network/rules.ts';
import { retransmits } from '../../entities/network/tcp.ts';
import { count, NONE, percent } from '../../lib/units.ts';
import { protocolCounters, protocolRate } from '../../sources/network/protocols.ts';
import { listeners, unixListeners } from '../../sources/network/queues.ts';
import { connections, type Connections } from '../../sources/network/connections.ts';
import { routes, routingRules } from '../../sources/network/routing.ts';
import { socketPeers } from '../../sources/processes/socket-peers.ts';
import { grade, limits } from '../../thresholds.ts';
import type { Moment } from '../../timeline/moment.ts';
import { nothingWords, stateOf, type NothingWords, type ReadingState } from '../../timeline/reading-state.ts';
import { overLast } from '../../timeline/window.ts';
import { drawFigures, figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import { presenceOf } from '../../ui/kit/presence.ts';
import { definePane, type LinesSection, type Presence, type Tile } from '../pane.ts';
import { linkNeeds, linkRows, linksSection, type LinkRow } from './link-rows.ts';
import { pathDetail } from './path.ts';
import { cardRows, cardsSection, type CardRow } from './cards.ts';
import { namespaceRows, namespacesSection, namespaceTableNeeds, type NamespaceRow } from './namespaces.ts';
import { gatewayText, serviceLines, serviceNeeds, worstFirst } from './services.ts';
import { counterRows, countersSection, type CounterRow } from './counters.ts';
import { peersNote, peerRows, peersSection, type PeerRow } from './peers.ts';
import { ruleRows, rulesSection, type RuleRow } from './rules.ts';
import { unixRows, unixSection, type UnixRow } from './unix.ts';
import { gatewaysSection, listenerRows, listenersSection, neighboursNote, type ListenerRow } from './tables.ts';

const needs = {
  ...flowPathNeeds,
  ...linkNeeds,
  ...namespaceTableNeeds,
  ...serviceNeeds,
  protocolCounters,
  listeners,
  unixListeners,
  connections,
  socketPeers,
  routes,
  routingRules,
};

export interface NetworkModel {
  readonly presence: Presence;
  readonly links: readonly LinkRow[];
  /** Path of the traffic of a link, computed on demand. */
  readonly hops: (row: LinkRow) => readonly Hop[];
  readonly allLinks: number | undefined;
  readonly listeners: readonly ListenerRow[];
  readonly unix: readonly UnixRow[];
  readonly allUnix: number | undefined;
  readonly peers: readonly PeerRow[];
  readonly peersNote: string;
  readonly counters: readonly CounterRow[];
  readonly gateways: readonly Gateway[];
  readonly neighbours: string;
  readonly rules: readonly RuleRow[];
  readonly figures: readonly FigureLine[];
  readonly services: readonly FigureLine[];
  readonly cards: readonly CardRow[];
  readonly namespaces: readonly NamespaceRow[];
  readonly allNamespaces: number | undefined;
  readonly states: {
    readonly links: ReadingState;
    readonly listeners: ReadingState;
    readonly unix: ReadingState;
    readonly rules: ReadingState;
    readonly cards: ReadingState;
    readonly namespaces: ReadingState;
  };
  readonly empty: {
    readonly links: NothingWords;
    readonly listeners: NothingWords;
    readonly unix: NothingWords;
    readonly peers: NothingWords;
    readonly counters: NothingWords;
    readonly gateways: NothingWords;
    readonly rules: NothingWords;
    readonly cards: NothingWords;
    readonly namespaces: NothingWords;
  };
}

/** Pane of the host's network: protocol counters, links with queues and addresses, accept queues, default routes. */
export const networkPane = definePane({
  id: 'network',
  title: 'Network',
  aliases: [
    'net',
    'network',
    'dns',
    'resolver',
    'clock',
    'ntp',
    'netns',
    'conntrack',
    'tcp',
    'udp',
    'peers',
    'connections',
    'rtt',
    'link',
    'links',
    'listen',
    'listeners',
    'route',
    'routes',
    'rules',
    'sockets',
    'unix',
  ],
  needs,
  model: networkModel,
  presence: ({ presence }) => presence,
  sections: (model) => [
    figuresSection(
      { id: 'protocols', title: 'Protocols', note: 'over 10 s', sources: ['protocol-counters', 'connections'] },
      model.figures,
    ),
    ...(model.services.length > 0
      ? [
          figuresSection(
            {
              id: 'services',
              title: 'Gateways, DNS, clock and conntrack',
              sources: ['routes', 'neighbours', 'clock', 'timesyncd', 'resolvers', 'resolved', 'conntrack'],
            },
            model.services,
          ),
        ]
      : []),
    linksSection(model.links, model.allLinks, model.states.links, model.empty.links, (row) =>
      pathDetail(row, () => model.hops(row)),
    ),
    listenersSection(model.listeners, model.states.listeners, model.empty.listeners),
    unixSection(model.unix, model.allUnix, model.states.unix, model.empty.unix),
    peersSection(model.peers, model.peersNote, model.empty.peers),
    gatewaysSection(model.gateways, model.neighbours, model.empty.gateways),
    rulesSection(model.rules, model.states.rules, model.empty.rules),
    namespacesSection(model.namespaces, model.allNamespaces, model.states.namespaces, model.empty.namespaces),
    countersSection(model.counters, model.empty.counters),
    cardsSection(model.cards, model.states.cards, model.empty.cards),
  ],
  tile,
});

export function networkModel(moment: Moment<typeof needs>): NetworkModel {
  const { links: seen, listeners: open, routes: table, neighbours: known, protocolCounters: counters } = moment;
  const byIndex = new Map(seen.now?.items.map((link) => [link.index, link]));
  const ways = gateways(table.now?.items ?? [], known, byIndex);
  return {
    presence: presenceOf(
      seen.now !== undefined || counters.now !== undefined,
      'no network on this host',
      seen,
      counters,
    ),
    links: linkRows(moment),
    hops: ({ link, owner }) => flowPath(link, owner, moment),
    allLinks: seen.now?.all,
    listeners: listenerRows(open.now?.items ?? [], moment.socketPeers.now?.owners),
    unix: unixRows(moment.unixListeners.now, moment.socketPeers.now),
    allUnix: moment.unixListeners.now?.all,
    peers: peerRows(moment.connections, moment.socketPeers.now?.owners),
    peersNote: peersNote(moment.connections.now),
    counters: counterRows(overLast(counters, 10, 1.5)),
    gateways: ways,
    neighbours: neighboursNote(known.now?.all, known.now?.limit),
    rules: ruleRows(policyRules(moment.routingRules.now?.items ?? [], table.now), byIndex),
    figures: [...protocolLines(counters), ...stateLines(moment.connections.now)],
    services: serviceLines(moment, ways),
    cards: cardRows(moment.drivers),
    namespaces: namespaceRows(moment),
    allNamespaces: moment.namespaces.now?.all,
    states: {
      links: stateOf(seen),
      listeners: stateOf(open),
      unix: stateOf(moment.unixListeners),
      rules: stateOf(moment.routingRules),
      cards: stateOf(moment.drivers),
      namespaces: stateOf(moment.namespaces),
    },
    empty: {
      links: nothingWords('none', stateOf(seen)),
      listeners: nothingWords('none', stateOf(open)),
      unix: nothingWords('none', stateOf(moment.unixListeners)),
      peers: nothingWords('none', stateOf(moment.connections)),
      counters: nothingWords('none', stateOf(counters)),
      gateways: nothingWords('no default route', stateOf(table)),
      rules: nothingWords('none besides local, main and default', stateOf(moment.routingRules)),
      cards: nothingWords('none', stateOf(moment.drivers)),
      namespaces: nothingWords('none', stateOf(moment.namespaces)),
    },
  };
}

type Counters = Moment<typeof needs>['protocolCounters'];

/** Counters over 10 s: one of a moment is noise. */
function protocolLines(counters: Counters): readonly FigureLine[] {
  const seen = overLast(counters, 10, 1.5);
  const of = (name: string) => protocolRate(seen, name);
  const rate = (label: string, name: string) => {
    const value = of(name);
    return value === undefined ? [] : [figure(`${count(value)} ${label}/s`)];
  };
  const again = retransmits(seen);
  const inUse = (name: string, label: string) => {
    const value = counters.now?.get(name);
    return value === undefined ? [] : [figure(`${count(value)} ${label}`)];
  };
  return [
    {
      label: 'TCP',
      figures: [
        figure(`${again === undefined ? NONE : count(again.perSec)} retransmits/s${again?.sharePct === undefined ? '' : ` (${percent(again.sharePct)})`}`, grade(again?.sharePct, limits.tcpRetransmitPct)), // prettier-ignore
        ...inUse('Tcp CurrEstab', 'established'),
        ...inUse('TCP tw', 'TIME-WAIT'),
        ...rate('timeouts', 'TcpExt TCPTimeouts'),
        ...rate('SYN retransmits', 'TcpExt TCPSynRetrans'),
        ...rate('resets', 'Tcp OutRsts'),
      ],
    },
    {
      label: 'listen',
      figures: [
        ...rate('overflows', 'TcpExt ListenOverflows'),
        ...rate('drops', 'TcpExt ListenDrops'),
        ...rate('SYN cookies', 'TcpExt SyncookiesSent'),
        ...rate('connections accepted', 'Tcp PassiveOpens'),
      ],
    },
    {
      label: 'UDP',
      figures: [
        ...rate('datagrams in', 'Udp InDatagrams'),
        ...rate('receive buffer drops', 'Udp RcvbufErrors'),
        ...rate('send buffer drops', 'Udp SndbufErrors'),
        ...rate('without a port', 'Udp NoPorts'),
      ],
    },
    {
      label: 'IP',
      figures: [
        ...rate('packets in', 'Ip InReceives'),
        ...rate('packets out', 'Ip OutRequests'),
        ...rate('discarded out', 'Ip OutDiscards'),
        ...rate('without a route', 'Ip OutNoRoutes'),
        ...rate('reassembly failures', 'Ip ReasmFails'),
        ...rate('rp_filter drops', 'TcpExt IPReversePathFilter'),
      ],
    },
  ].filter(({ figures }) => figures.length > 0);
}

/** Sockets by state; those of a state that none has are left out. */
function stateLines(now: Connections | undefined): readonly FigureLine[] {
  if (now === undefined || now.states.size === 0) return [];
  return [
    {
      label: 'sockets',
      figures: [...now.states].toSorted(([, a], [, b]) => b - a).map(([state, number]) => figure(`${count(number)} ${state}`)), // prettier-ignore
    },
  ];
}

const figuresSection = (
  about: Pick<LinesSection, 'id' | 'title' | 'note' | 'sources'>,
  lines: readonly FigureLine[],
): LinesSection => ({
  kind: 'lines',
  ...about,
  minColumns: 60,
  wantRows: () => Math.max(1, lines.length),
  draw: (columns, rows, theme) =>
    lines.length === 0
      ? [theme.paint('dim', 'one reading, no rate')]
      : lines.slice(0, rows).map((line) => drawFigures(line, columns, theme)),
});

function tile({ figures, links: rows, gateways: routesOut, empty }: NetworkModel): Tile {
  const [tcp] = figures;
  const up = rows.filter(({ link }) => link.isUp && link.operState === 'up');
  return {
    figures: [
      { label: 'links', value: rows.length === 0 ? empty.links : `${count(up.length)} up of ${count(rows.length)}` },
      ...(tcp ? [{ label: 'TCP', value: tcp.figures.slice(0, 2).map(({ text }) => text).join(', ') }] : []), // prettier-ignore
      {
        label: 'gateway',
        value: routesOut.length === 0 ? empty.gateways : worstFirst(routesOut).map(gatewayText).join(', '),
      },
    ],
  };
}
