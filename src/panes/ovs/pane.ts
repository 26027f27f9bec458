import { hiddenNeeds, hiddenProcesses } from '../../entities/processes/hidden-processes.ts';
import { pmdLoads, type PmdLoad } from '../../entities/ovs/pmd.ts';
import { portNeeds, portOwnersAt } from '../../entities/ovs/ports.ts';
import { grade, limits } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { count, percent } from '../../lib/units.ts';
import { ovsFlows } from '../../sources/ovs/flows.ts';
import { ovsSwitch } from '../../sources/ovs/switch.ts';
import type { Moment } from '../../timeline/moment.ts';
import { definePane, type Presence, type Section, type Tile } from '../pane.ts';
import { notFound, notTakenReason } from '../../ui/kit/not-found.ts';
import { bridgeRows, bridgesSection, type BridgeRow } from './bridges.ts';
import { flowRows, type Owners } from './flow-rows.ts';
import { flowsSection, type FlowsModel } from './flows.ts';
import { forwardingSection } from './forwarding.ts';
import { groupsOf, groupsSection, type FlowGroup } from './groups.ts';
import { portRows, portsSection, type PortRow } from './ports.ts';
import { switchRows, tablesSection, type SwitchRow } from './tables.ts';
import { ovsFigures } from './figures.ts';
import { upcallNeeds, upcallsModel, upcallsSection, type UpcallsModel } from './upcalls.ts';
import { missingText } from '../../ui/kit/missing-reason.ts';

const needs = { ...portNeeds, ...upcallNeeds, ovsFlows, ovsSwitch, ...hiddenNeeds };

export interface OvsModel {
  readonly presence: Presence;
  readonly flows: FlowsModel;
  readonly groups: readonly FlowGroup[];
  readonly upcalls: UpcallsModel;
  readonly ports: readonly PortRow[];
  readonly owners: Owners;
  readonly bridges: readonly BridgeRow[];
  readonly pmds: readonly PmdLoad[];
  readonly tables: readonly SwitchRow[];
  readonly rules: number | undefined;
  /** Text of tables without rows. */
  readonly unread: string;
}

/** Pane of Open vSwitch: traffic first, then load, then ports and bridges. */
export const ovsPane = definePane({
  id: 'ovs',
  title: 'OVS',
  aliases: ['flow', 'flows', 'bridge', 'bridges', 'br', 'conntrack', 'ct', 'upcall', 'pmd', 'vswitch', 'net'],
  needs,
  model: ovsModel,
  figures: ovsFigures,
  presence: ({ presence }) => presence,
  sections: (model): readonly Section[] => [
    flowsSection(model.flows, model.owners),
    upcallsSection(model.upcalls),
    groupsSection(model.groups, model.owners, model.flows.empty),
    portsSection(model.ports, model.flows.rows, model.owners, model.unread),
    bridgesSection(model.bridges, model.rules, model.unread),
    tablesSection(model.tables, model.unread),
    ...(model.pmds.length > 0 ? [forwardingSection(model.pmds)] : []),
  ],
  tile,
});

function presenceOf(moment: Moment<typeof needs>): Presence {
  const { ovsDb: db, ovsDatapath: datapath } = moment;
  if (db.now?.read === true || (datapath.now?.datapaths.length ?? 0) > 0) return 'present';
  if (db.now?.silent !== undefined || datapath.now?.silent !== undefined) return 'present';
  if (db.ageMs === undefined || datapath.ageMs === undefined) return 'unknown';
  const notTaken = notTakenReason(db, datapath);
  if (notTaken !== undefined) return { hidden: notTaken };
  const why = [...Object.values(db.missing), ...Object.values(datapath.missing)].find((one) => one.why !== 'absent');
  return why === undefined
    ? notFound('no Open vSwitch on this host', hiddenProcesses(moment))
    : { absent: plain(`Open vSwitch not readable: ${why.why}: ${why.detail}`) };
}

export function ovsModel(moment: Moment<typeof needs>): OvsModel {
  const db = moment.ovsDb.now;
  const owners = portOwnersAt(moment);
  const numbers = new Map((moment.ovsDatapath.now?.datapaths ?? []).map(({ name, ports }) => [name, ports]));
  const rows = flowRows(moment.ovsFlows, owners, numbers);
  const { now: flows } = moment.ovsFlows;
  const counted = (moment.ovsDatapath.now?.datapaths ?? []).flatMap((one) => one.flows ?? []);
  const notRead = flows?.notRead.map(({ datapath, why }) => plain(`${datapath} ${why}`)).join('; ') ?? '';
  const silent = flows?.silent ?? db?.silent;
  const unread = silent === undefined ? (db === undefined ? 'not read yet' : 'none') : missingText(silent);
  const stalled = moment.ovsDatapath.now?.silent !== undefined;
  const tables = switchRows(moment.ovsSwitch);
  return {
    presence: presenceOf(moment),
    flows: {
      rows,
      history: moment.ovsFlows.history,
      total: counted.length === 0 ? undefined : counted.reduce((all, one) => all + one, 0),
      note: notRead === '' ? '' : `not read: ${notRead}`,
      empty:
        notRead === ''
          ? flows?.read === true
            ? 'no flows'
            : unread
          : `not read: ${notRead}; ↵ on a port reads the flows of that port`,
    },
    groups: groupsOf(rows),
    upcalls: upcallsModel(moment),
    // An unresponsive ovs-vswitchd writes no counters, so unchanged ones are no evidence of no traffic.
    ports: portRows(stalled ? { ...moment.ovsDb, history: [] } : moment.ovsDb, owners),
    owners,
    bridges: bridgeRows(moment.ovsDb, moment.ovsSwitch),
    pmds: pmdLoads(moment),
    tables,
    rules: moment.ovsSwitch.now?.memory.get('rules'),
    unread,
  };
}

function tile({ upcalls, flows, ports, bridges }: OvsModel): Tile {
  const [load] = upcalls.loads;
  const top = flows.rows.reduce<(typeof flows.rows)[number] | undefined>(
    (best, row) => ((row.packetsPerSec ?? -1) > (best?.packetsPerSec ?? -1) ? row : best),
    undefined,
  );
  const wrong = ports.filter(({ problem }) => problem !== '');
  const lost = bridges.filter((row) => row.lost);
  return {
    figures: [
      {
        label: 'flows',
        value: load?.upcalls
          ? `${count(load.upcalls.flows)} of limit ${count(load.upcalls.limit)}`
          : (upcalls.silent ?? '—'),
        role: upcalls.silent === undefined ? grade(load?.usedPct, limits.ovsFlowLimitPct) : 'warn',
      },
      {
        label: 'lookups',
        value: `${count(load?.rate.hitsPerSec)}/s, missed ${count(load?.rate.missesPerSec)}, lost ${count(load?.rate.lostPerSec)}`,
        role: grade(load?.rate.lostPerSec, limits.ovsLostPerSec),
      },
      { label: 'top', value: top === undefined ? '—' : `${count(top.packetsPerSec)} pkt/s ${top.from} ${top.actions}` },
      wrong.length + lost.length > 0
        ? {
            label: 'problems',
            value: [
              ...wrong.map((row) => `${row.name} ${row.problem}`),
              ...lost.map((row) => `${row.name} controller disconnected`),
            ].join(', '),
            role: 'crit' as const,
          }
        : {
            label: 'ports',
            value: `${ports.length} on ${bridges.length} bridges${load?.rate.hitPct === undefined ? '' : ` · hit ${percent(load.rate.hitPct)}`}`,
          },
    ],
  };
}
