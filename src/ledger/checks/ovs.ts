import { pmdLoads } from '../../entities/ovs/pmd.ts';
import { portProblem } from '../../entities/ovs/port-problem.ts';
import { cpuRef, entityRef } from '../../findings/entity-ref.ts';
import type { Missing } from '../../host/host.ts';
import { plain } from '../../lib/plain.ts';
import { count, ms, percent } from '../../lib/units.ts';
import { ovsDatapath } from '../../sources/ovs/datapath.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import { eventRate, lookupRate } from '../../sources/ovs/rates.ts';
import { ovsSwitch } from '../../sources/ovs/switch.ts';
import { ovsThreads } from '../../sources/ovs/threads.ts';
import { limits } from '../../thresholds.ts';
import type { Seen } from '../../timeline/moment.ts';
import { orSinceStart } from '../../timeline/since-start.ts';
import { overLast } from '../../timeline/window.ts';
import { missingText } from '../../ui/kit/missing-reason.ts';
import { check, defineChecks, type Check } from '../check.ts';

/** Check of a daemon with a control socket: it replies, or why it does not; none where it is not present. */
export function daemonCheck(
  name: 'ovs-vswitchd' | 'ovsdb-server' | 'ovn-controller' | 'ovn-northd',
  replies: boolean,
  silent: Missing | undefined,
  source: Readonly<Record<string, Seen<unknown>>>,
): readonly Check[] {
  if (!replies && (silent === undefined || silent.why === 'absent')) return [];
  return check(
    { entity: entityRef('daemon', name), name, nameVocabulary: 'fixed', pane: name.startsWith('ovn') ? 'ovn' : 'ovs', aspect: 'errors', rules: ['ovs-unresponsive'], what: 'control socket', limit: '5 s', because: silent && missingText(silent) }, // prettier-ignore
    silent === undefined ? 'replies' : undefined,
    source,
  );
}

/** Datapaths, ports, bridges and threads of Open vSwitch. */
export const ovsChecks = defineChecks({
  id: 'ovs',
  needs: { ovsDatapath, ovsDb, ovsSwitch, ovsThreads },
  rules: [
    'ovs-flow-limit',
    'ovs-slow-dump',
    'ovs-upcalls-lost',
    'ovs-misses',
    'ovs-megaflows',
    'ovs-packet-ins',
    'ovs-conntrack-full',
    'ovs-port-broken',
    'ovs-controller-lost',
    'ovs-bond-degraded',
    'ovs-fdb',
    'ovs-pmd',
    'ovs-unresponsive',
  ],
  of: (moment): readonly Check[] => {
    const { ovsDatapath: path, ovsDb: db } = moment;
    return [
      ...daemonCheck('ovs-vswitchd', (path.now?.upcalls.length ?? 0) > 0, path.now?.silent, { ovsDatapath: path }),
      ...daemonCheck('ovsdb-server', db.now?.read === true, db.now?.silent, { ovsDb: db }),
      ...ofDatapaths(moment),
      ...ofPorts(moment),
      ...ofBridges(moment),
      ...ofConntrack(moment),
      ...ofThreads(moment),
    ];
  },
});

type OvsMoment = Parameters<typeof ovsChecks.of>[0];

const inDatapath = (name: string) =>
  ({ entity: entityRef('datapath', name), name: plain(name), family: 'datapaths', pane: 'ovs' }) as const;

function ofDatapaths({ ovsDatapath: path }: OvsMoment): readonly Check[] {
  const window = overLast(path, 10, 1.5);
  const source = { ovsDatapath: path };
  return [
    ...(path.now?.upcalls ?? []).flatMap(({ datapath, flows, limit, dumpMs }) => [
      ...check(
        { ...inDatapath(datapath), aspect: 'utilisation', rules: ['ovs-flow-limit'], what: 'flows of the flow limit', limit: `${limits.ovsFlowLimitPct.warn}%`, load: (flows ?? 0) / (limit ?? Infinity) }, // prettier-ignore
        flows === undefined || !limit ? undefined : `${count(flows)} of ${count(limit)}`,
        source,
        'not reported',
      ),
      ...check(
        { ...inDatapath(datapath), aspect: 'saturation', rules: ['ovs-slow-dump'], what: 'revalidator dump', limit: `${limits.ovsDumpMs.warn} ms`, load: dumpMs ?? 0 }, // prettier-ignore
        dumpMs === undefined ? undefined : ms(dumpMs),
        source,
        'not reported',
      ),
      ...check(
        { ...inDatapath(datapath), aspect: 'saturation', rules: ['ovs-megaflows'], what: 'megaflows', limit: `${count(limits.ovsMegaflows.warn)} below 5 packets/s each`, load: flows ?? 0 }, // prettier-ignore
        flows === undefined ? undefined : megaflowText(flows, lookupRate(path, datapath)),
        source,
      ),
    ]),
    ...(path.now === undefined || path.now.coverage.size === 0
      ? []
      : check(
          { ...inDatapath(path.now.datapaths[0]?.name ?? 'ovs-vswitchd'), aspect: 'saturation', rules: ['ovs-packet-ins'], what: 'to controllers', limit: `${limits.ovsPacketInsPerSec.warn}/s`, wide: true }, // prettier-ignore
          sentText(path.now.coverage.has(SENT) ? eventRate(window, SENT) : 0),
          source,
        )),
    ...(path.now?.datapaths ?? []).flatMap(({ name }) => {
      const { lostPerSec, missesPerSec, hitPct } = lookupRate(window, name);
      const lostOfLife = path.sinceStart && lookupRate(orSinceStart(path), name).lostPct;
      return [
        ...check(
          { ...inDatapath(name), aspect: 'errors', rules: ['ovs-upcalls-lost'], what: 'lost upcalls', limit: `${limits.ovsLostPerSec.warn}/s`, load: lostPerSec ?? 0 }, // prettier-ignore
          lostPerSec !== undefined ? `${count(lostPerSec)}/s` : lostOfLife === undefined ? undefined : `${percent(lostOfLife)} of upcalls since start`, // prettier-ignore
          source,
        ),
        ...check(
          { ...inDatapath(name), aspect: 'saturation', rules: ['ovs-misses'], what: 'missed lookups', limit: `${limits.ovsMissedPct.warn}% and 100/s`, load: missesPerSec ?? 0 }, // prettier-ignore
          missesPerSec === undefined ? undefined : `${count(missesPerSec)}/s${hitPct === undefined ? '' : ` (${percent(100 - hitPct)})`}`, // prettier-ignore
          source,
        ),
      ];
    }),
  ];
}

/** OpenFlow messages to all controllers; coverage/show leaves out events that never happened. */
const SENT = 'rconn_sent';
const sentText = (perSec: number | undefined) => (perSec === undefined ? undefined : `${count(perSec)} messages/s`);

function megaflowText(flows: number, { hitsPerSec, missesPerSec }: ReturnType<typeof lookupRate>): string | undefined {
  if (hitsPerSec === undefined || missesPerSec === undefined) return undefined;
  const perFlow = flows === 0 ? '' : `, ${((hitsPerSec + missesPerSec) / flows).toFixed(1)} packets/s each`;
  return `${count(flows)}${perFlow}`;
}

function ofConntrack({ ovsSwitch: { now }, ovsSwitch }: OvsMoment): readonly Check[] {
  const source = { ovsSwitch };
  const line = { pane: 'ovs', aspect: 'utilisation', what: 'connections', limit: `${limits.conntrackUsedPct.warn}%` } as const; // prettier-ignore
  const valueOf = (used: number, most: number) => `${percent((100 * used) / most)}, ${count(used)} of ${count(most)}`;
  return [
    ...(now?.conntrack ?? []).flatMap(({ where, connections: used, most }) =>
      // The kernel's table is that of the machine.
      where === 'kernel'
        ? []
        : check(
            { ...line, entity: entityRef('datapath', where), name: plain(where), family: 'conntrack tables', rules: ['ovs-conntrack-full'], load: (used ?? 0) / (most || Infinity) }, // prettier-ignore
            used === undefined || most === undefined ? undefined : most === 0 ? `${count(used)}, no limit` : valueOf(used, most), // prettier-ignore
            source,
            'not reported',
          ),
    ),
    ...(now?.zones ?? []).flatMap(({ where, zone, connections: used, most }) =>
      most === 0
        ? []
        : check(
            { ...line, entity: entityRef('datapath', where), name: plain(`${where} zone ${zone}`), family: 'ct zones', rules: [`ovs-conntrack-full/zone-${zone}`], load: used / most }, // prettier-ignore
            valueOf(used, most),
            source,
          ),
    ),
  ];
}

function ofPorts({ ovsDb: db }: OvsMoment): readonly Check[] {
  return [
    ...(db.now?.interfaces ?? []).flatMap((port) => {
      const problem = portProblem(port);
      return check(
        { entity: entityRef('port', port.name), name: plain(port.name), family: 'ports', pane: 'ovs', aspect: 'errors', rules: ['ovs-port-broken'], what: 'state', limit: 'ofport, link up', load: problem ? 1 : 0 }, // prettier-ignore
        problem ? plain(problem.words) : `ofport ${port.ofport ?? '—'}, link ${plain(port.link ?? '—')}`,
        { ovsDb: db },
      );
    }),
    ...(db.now?.controllers ?? []).flatMap(({ kind, bridge, target, connected, state }) => {
      const object = kind === 'manager' ? 'ovsdb-server' : (bridge ?? 'bridge');
      return check(
        { entity: entityRef('controller', `${object}/${target}`), name: plain(`${object} ${target}`), family: 'controllers', pane: 'ovs', aspect: 'errors', rules: ['ovs-controller-lost'], what: 'connection', limit: 'connected' }, // prettier-ignore
        connected === undefined ? undefined : connected ? 'connected' : plain(state ?? 'disconnected'),
        { ovsDb: db },
        'state not reported',
      );
    }),
  ];
}

function ofBridges({ ovsSwitch: bridges }: OvsMoment): readonly Check[] {
  const fdb = overLast(bridges, 30, 5);
  return [
    ...(bridges.now?.bonds ?? []).flatMap(({ name, members, lacp }) => {
      const up = members.filter(({ enabled }) => enabled).length;
      return check(
        { entity: entityRef('bond', name), name: plain(name), family: 'OVS bonds', pane: 'ovs', aspect: 'errors', rules: ['ovs-bond-degraded'], what: 'members enabled', limit: 'all', load: members.length - up }, // prettier-ignore
        `${up} of ${members.length}, LACP ${plain(lacp ?? 'off')}`,
        { ovsSwitch: bridges },
      );
    }),
    ...(bridges.now?.fdb ?? []).flatMap(({ bridge, entries, most, moved }) => {
      const old = fdb.before?.fdb.find((one) => one.bridge === bridge);
      const known = entries !== undefined && most !== undefined && old !== undefined && moved !== undefined;
      return check(
        { entity: entityRef('bridge', bridge), name: plain(bridge), family: 'bridges', pane: 'ovs', aspect: 'utilisation', rules: ['ovs-fdb'], what: 'FDB', limit: `${limits.ovsTableUsedPct.warn}%, 1 MAC move/s`, load: (entries ?? 0) / (most ?? Infinity) }, // prettier-ignore
        known ? `${count(entries)} of ${count(most)} MACs` : undefined,
        { ovsSwitch: bridges },
      );
    }),
  ];
}

function ofThreads(moment: OvsMoment): readonly Check[] {
  const loads = pmdLoads({
    ...moment,
    ovsSwitch: overLast(moment.ovsSwitch, 20, 5),
    ovsThreads: overLast(moment.ovsThreads, 20, 5),
  });
  return loads.flatMap(({ pmd, loadPct, delayPct }) => [
    ...check(
      { entity: entityRef('thread', pmd.name), name: plain(pmd.name), family: 'forwarding threads', pane: 'ovs', aspect: 'utilisation', rules: ['ovs-pmd'], what: 'load', limit: `${limits.pmdBusyPct.warn}%`, load: loadPct ?? 0 }, // prettier-ignore
      loadPct === undefined ? undefined : percent(loadPct),
      { ovsSwitch: moment.ovsSwitch },
    ),
    ...(pmd.core === undefined
      ? []
      : check(
          { entity: cpuRef(pmd.core), name: `cpu${pmd.core}`, nameVocabulary: 'fixed', family: 'CPUs of PMD threads', pane: 'ovs', aspect: 'saturation', rules: ['ovs-pmd'], what: 'PMD CPU wait', limit: `${limits.pmdKeptPct.warn}%`, load: delayPct ?? 0 }, // prettier-ignore
          delayPct === undefined ? undefined : percent(delayPct),
          { ovsThreads: moment.ovsThreads },
        )),
  ]);
}
