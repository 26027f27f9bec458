import { namespaceNeeds, ownedNamespaces, type OwnedNamespace } from '../../entities/network/namespace-owners.ts';
import { retransmits } from '../../entities/network/tcp.ts';
import { count, percent, plural, span } from '../../lib/units.ts';
import { conntrack } from '../../sources/machine/conntrack.ts';
import type { Namespaces } from '../../sources/network/namespaces.ts';
import { protocolRate } from '../../sources/network/protocols.ts';
import { grade, limits } from '../../thresholds.ts';
import { counterEvents } from '../../timeline/last-event.ts';
import { delta, type Seen } from '../../timeline/moment.ts';
import { thisHost } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

type Trouble = Pick<Found, 'severity' | 'sentence' | 'next' | 'evidence'> & { readonly condition: string };

const needs = { ...namespaceNeeds, conntrack };
/** Age up to which a dropped connection is present. */
const DROP_SECONDS = 15;
/** Findings of one host. */
const MOST = 20;

/**
 * Network of a container, pod or other network namespace that loses: the counters of the host do not have it. The limit of conntrack is one
 * for the host and holds in each namespace by itself.
 */
export const namespaceNetwork = defineFinding({
  id: 'namespace-network',
  title: 'Network of a container or pod loses packets',
  needs,
  authority: 'as for the host: tcp-retransmits, listen-overflow, udp-drops, conntrack-full',
  judge: (moment): readonly Found[] =>
    ownedNamespaces(moment)
      .flatMap((one) =>
        [...protocolTrouble(one), ...queueTrouble(one, moment.namespaces), ...conntrackTrouble(one, moment)].map(
          ({ condition, ...trouble }): Found => ({
            ...trouble,
            entity: one.entity,
            condition: one.entity === thisHost ? `${condition}-${one.space.id}` : condition,
            subject: one.name,
            pane: 'network',
          }),
        ),
      )
      .toSorted((a, b) => Number(b.severity === 'crit') - Number(a.severity === 'crit'))
      .slice(0, MOST),
});

const file = ({ space }: OwnedNamespace, name: string): string => `/proc/${space.pid}/net/${name}`;
const inside = ({ space }: OwnedNamespace, command: string): string => `\`nsenter -t ${space.pid} -n ${command}\``;

function* protocolTrouble(one: OwnedNamespace): Iterable<Trouble> {
  const again = retransmits(one.counters);
  const severity = grade(again?.sharePct, limits.tcpRetransmitPct);
  if (again && (severity === 'warn' || severity === 'crit'))
    yield {
      condition: 'tcp',
      severity,
      sentence: `TCP: ${percent(again.sharePct)} of segments retransmitted, ${count(again.perSec)}/s`,
      evidence: [{ what: 'RetransSegs', value: `${count(again.perSec)}/s`, source: file(one, 'snmp') }],
      next: `list its connections: ${inside(one, 'ss -tino state established')}`,
    };
  const drops = protocolRate(one.counters, 'Udp RcvbufErrors') ?? 0;
  if (drops >= limits.udpDropsPerSec.warn)
    yield {
      condition: 'udp',
      severity: 'warn',
      sentence: `UDP receive buffers full, ${count(drops)} drops/s`,
      evidence: [{ what: 'RcvbufErrors', value: `${count(drops)}/s`, source: file(one, 'snmp') }],
      next: `name the socket: ${inside(one, 'ss -uanmp')}`,
    };
}

function* queueTrouble(one: OwnedNamespace, seen: Seen<Namespaces | undefined>): Iterable<Trouble> {
  const { id, listeners } = one.space;
  const dropped = counterEvents(seen, (sample) => sample?.spaces.get(id)?.counters.get('TcpExt ListenOverflows'), 60);
  if (dropped.ageSeconds === undefined || dropped.ageSeconds > DROP_SECONDS) return;
  const [worst] = listeners.toSorted((a, b) => b.waiting - a.waiting);
  const where = worst && worst.waiting > 0 ? `, port ${worst.port}: ${worst.waiting} waiting` : '';
  yield {
    condition: 'listen',
    severity: 'crit',
    sentence: `accept queue full, ${plural(dropped.count, 'connection')} dropped in ${span(dropped.watchedSeconds)}${where}`,
    evidence: [
      { what: 'ListenOverflows', value: `${dropped.count} in ${span(dropped.watchedSeconds)}`, source: file(one, 'netstat') },
    ],
    next: `its process does not accept: look at its threads, then the backlog: ${inside(one, 'ss -ltn')}`,
  }; // prettier-ignore
}

function* conntrackTrouble(
  { space, counters, ...one }: OwnedNamespace,
  { conntrack: host, namespaces: seen }: { conntrack: Seen<{ most?: number | undefined } | undefined>; namespaces: Seen<Namespaces | undefined> }, // prettier-ignore
): Iterable<Trouble> {
  const { entries } = space.conntrack;
  const most = host.now?.most;
  if (entries === undefined || most === undefined || most === 0) return;
  const usedPct = (100 * entries) / most;
  const before = seen.before?.spaces.get(space.id)?.conntrack;
  const droppedPerSec = delta(space.conntrack.dropped, before?.dropped, seen.seconds);
  const graded = grade(usedPct, limits.conntrackUsedPct);
  if (graded !== 'warn' && graded !== 'crit') return;
  const place = { space, counters, ...one };
  yield {
    condition: 'conntrack',
    severity: droppedPerSec ? 'crit' : graded,
    sentence: `conntrack ${percent(usedPct)} full, ${count(entries)} of ${count(most)} connections${droppedPerSec ? `, ${count(droppedPerSec)} packets/s dropped` : ''}`,
    evidence: [
      { what: 'entries', value: count(entries), source: file(place, 'stat/nf_conntrack') },
      { what: 'nf_conntrack_max', value: count(most), source: 'net.netfilter.nf_conntrack_max' },
      { what: 'drop', value: `${count(droppedPerSec)}/s`, source: file(place, 'stat/nf_conntrack') },
    ],
    next: `count them by peer: ${inside(place, 'conntrack -L')}; raise \`net.netfilter.nf_conntrack_max\` of the host`,
  };
}
