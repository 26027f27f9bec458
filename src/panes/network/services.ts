import { resolverStates } from '../../entities/network/resolvers.ts';
import { gatewaySeverity, type Gateway } from '../../entities/network/routes.ts';
import { plain } from '../../lib/plain.ts';
import { count, ms, NONE, percent, plural, span } from '../../lib/units.ts';
import { conntrack } from '../../sources/machine/conntrack.ts';
import { clock } from '../../sources/network/clock.ts';
import { resolvers } from '../../sources/network/resolvers.ts';
import { resolved, timesyncd, type Resolved, type Timesyncd } from '../../sources/network/services.ts';
import { neighbours } from '../../sources/network/routing.ts';
import { delta, type Moment } from '../../timeline/moment.ts';
import { figure, type Figure, type FigureLine } from '../../ui/kit/figure-lines.ts';

export const serviceNeeds = { clock, timesyncd, resolvers, resolved, neighbours, conntrack };
type ServiceMoment = Moment<typeof serviceNeeds>;

/** Gateways that do not resolve before the others. */
export const worstFirst = (all: readonly Gateway[]): readonly Gateway[] =>
  all.toSorted((a, b) => Number(b.isUnresolved) - Number(a.isUnresolved));

/** `192.0.2.1 REACHABLE`. */
export const gatewayText = ({ address, state }: Gateway): string => `${plain(address)} ${state ?? NONE}`;

/** Gateways, clock, resolvers and conntrack of the host; a line without a reading is left out. */
export const serviceLines = (moment: ServiceMoment, gateways: readonly Gateway[]): readonly FigureLine[] =>
  [
    {
      label: 'gateway',
      figures: worstFirst(gateways).map((one) => figure(gatewayText(one), gatewaySeverity(one, gateways) ?? 'text')),
    },
    { label: 'clock', figures: [...clockFigures(moment.clock.now), ...timesyncdFigures(moment.timesyncd.now)] },
    { label: 'DNS', figures: [...dnsFigures(moment), ...resolvedFigures(moment.resolved.now)] },
    { label: 'ct', figures: conntrackFigures(moment.conntrack) },
  ].filter(({ figures }) => figures.length > 0);

const seconds = (value: number): string => (value < 1 ? ms(value * 1000) : span(value));

function clockFigures(now: ServiceMoment['clock']['now']): readonly Figure[] {
  const { kernel, chrony, aheadSeconds, roundTripSeconds } = now ?? {};
  return [
    ...(kernel ? [figure(kernel.isSynchronised ? 'synchronised' : 'not synchronised')] : []),
    ...(kernel?.maxErrorSeconds === undefined ? [] : [figure(`error up to ${seconds(kernel.maxErrorSeconds)}`)]),
    ...(kernel?.leap === undefined ? [] : [figure(`leap second: ${kernel.leap} today`)]),
    ...(chrony
      ? [figure(`chronyd: stratum ${chrony.stratum}, ${ms(Math.abs(chrony.offsetSeconds) * 1000)} off NTP time`)]
      : []),
    ...(aheadSeconds === undefined
      ? []
      : [figure(`${seconds(Math.abs(aheadSeconds))} ${aheadSeconds < 0 ? 'behind' : 'ahead of'} this console (± ${seconds((roundTripSeconds ?? 0) / 2)})`)]), // prettier-ignore
  ];
}

const timesyncdFigures = (now: Timesyncd | undefined): readonly Figure[] =>
  now === undefined
    ? []
    : [figure(`systemd-timesyncd: ${now.server === undefined ? 'no server' : plain(now.server)}${now.offsetSeconds === undefined ? '' : `, ${ms(Math.abs(now.offsetSeconds) * 1000)} off at its last reply`}`)]; // prettier-ignore

const resolvedFigures = (now: Resolved | undefined): readonly Figure[] =>
  now === undefined
    ? []
    : [figure(`systemd-resolved: ${plural(now.pending, 'lookup')} under way${now.cacheHitPct === undefined ? '' : `, ${percent(now.cacheHitPct)} by its cache`}`)]; // prettier-ignore

const dnsFigures = ({ resolvers: seen, neighbours: table }: ServiceMoment): readonly Figure[] =>
  resolverStates(seen, table).map(({ address, waiting, waitingSeconds, hasNoServer, neighbour }) =>
    figure(
      `${plain(address)}${hasNoServer ? ' without a server' : neighbour !== undefined ? ` ${neighbour}` : ''}${waiting ? `, ${plural(waiting, 'lookup')} without a reply for ${span(waitingSeconds)}` : ''}`,
    ),
  );

function conntrackFigures(seen: ServiceMoment['conntrack']): readonly Figure[] {
  const { now, before, seconds: between } = seen;
  if (now === undefined) return [];
  const rates = [
    ['dropped', delta(now.dropped, before?.dropped, between)],
    ['evicted', delta(now.evicted, before?.evicted, between)],
    ['insert_failed', delta(now.insertFailed, before?.insertFailed, between)],
    ['invalid', delta(now.invalid, before?.invalid, between)],
  ] as const;
  return [
    figure(now.most ? `conntrack ${count(now.connections)} of ${count(now.most)} (${percent((100 * now.connections) / now.most)})` : `conntrack ${count(now.connections)}`), // prettier-ignore
    ...rates.flatMap(([name, perSec]) => (perSec === undefined ? [] : [figure(`${count(perSec)} ${name}/s`)])),
  ];
}
