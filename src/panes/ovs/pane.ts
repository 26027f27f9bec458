import { pmdLoads, type PmdLoad } from '../../entities/ovs/pmd.ts';
import { portNeeds, portOwnersAt } from '../../entities/ovs/ports.ts';
import { grade, limits } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { count, percent } from '../../lib/units.ts';
import type { Interface } from '../../sources/ovs/db.ts';
import { ovsFlows } from '../../sources/ovs/flows.ts';
import { ovsSwitch } from '../../sources/ovs/switch.ts';
import { processes } from '../../sources/processes/processes.ts';
import type { Missing } from '../../host/host.ts';
import type { Moment, Seen } from '../../timeline/moment.ts';
import { definePane, type Presence, type Section, type Tile } from '../pane.ts';
import {
  nothingWords,
  numberKnown,
  stateOf,
  stateOfMissing,
  stateWords,
  type ReadingState,
} from '../../timeline/reading-state.ts';
import { presenceOf } from '../../ui/kit/presence.ts';
import { bfdSection, type BfdRow } from '../../ui/kit/bfd.ts';
import { bridgeRows, bridgesSection, type BridgeRow } from './bridges.ts';
import { flowRows, type Owners } from './flow-rows.ts';
import { flowsSection, type FlowsModel } from './flows.ts';
import { forwardingSection } from './forwarding.ts';
import { groupsOf, groupsSection, type FlowGroup } from './groups.ts';
import { portRows, portsSection, type PortRow } from './ports.ts';
import { switchRows, tablesSection, type SwitchRow } from './tables.ts';
import { ovsFigures } from './figures.ts';
import { upcallNeeds, upcallsModel, upcallsSection, type UpcallsModel } from './upcalls.ts';

const needs = { ...portNeeds, ...upcallNeeds, ovsFlows, ovsSwitch, processes };

export interface OvsModel {
  readonly presence: Presence;
  readonly flows: FlowsModel;
  readonly groups: readonly FlowGroup[];
  readonly upcalls: UpcallsModel;
  readonly ports: readonly PortRow[];
  readonly owners: Owners;
  readonly bridges: readonly BridgeRow[];
  readonly bfd: readonly BfdRow[];
  readonly pmds: readonly PmdLoad[];
  readonly tables: readonly SwitchRow[];
  readonly rules: number | undefined;
  /** States of what the tables come from: the database, and ovs-vswitchd. */
  readonly states: Readonly<Record<'db' | 'tables', ReadingState>>;
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
    portsSection(model.ports, model.flows.rows, model.owners, nothingWords('none', model.states.db)),
    ...(model.bfd.length > 0 ? [bfdSection(model.bfd, ['ovs-db'])] : []),
    bridgesSection(model.bridges, model.rules, nothingWords('none', model.states.db)),
    tablesSection(model.tables, nothingWords('none', model.states.tables)),
    ...(model.pmds.length > 0 ? [forwardingSection(model.pmds)] : []),
  ],
  tile,
});

function ovsPresence(moment: Moment<typeof needs>): Presence {
  const { ovsDb: db, ovsDatapath: datapath } = moment;
  const isThere =
    db.now?.read === true ||
    (datapath.now?.datapaths.length ?? 0) > 0 ||
    db.now?.silent !== undefined ||
    datapath.now?.silent !== undefined;
  return presenceOf(isThere, 'no Open vSwitch on this host', db, datapath, moment.processes);
}

/** State of a part of Open vSwitch: a daemon that did not reply is in its sample. */
const partState = (seen: Seen<{ readonly silent?: Missing | undefined }>): ReadingState =>
  seen.now?.silent === undefined ? stateOf(seen) : stateOfMissing(seen.now.silent);

export function ovsModel(moment: Moment<typeof needs>): OvsModel {
  const owners = portOwnersAt(moment);
  const numbers = new Map((moment.ovsDatapath.now?.datapaths ?? []).map(({ name, ports }) => [name, ports]));
  const flowsState = partState(moment.ovsFlows);
  const rows = flowRows(moment.ovsFlows, owners, numbers);
  const { now: flows } = moment.ovsFlows;
  const counted = (moment.ovsDatapath.now?.datapaths ?? []).flatMap((one) => one.flows ?? []);
  const notRead = flows?.notRead.map(({ datapath, why }) => plain(`${datapath} ${why}`)).join('; ') ?? '';
  const stalled = moment.ovsDatapath.now?.silent !== undefined;
  const tables = switchRows(moment.ovsSwitch);
  return {
    presence: ovsPresence(moment),
    flows: {
      rows,
      number: numberKnown(rows.length, flowsState),
      history: moment.ovsFlows.history,
      total: counted.length === 0 ? undefined : counted.reduce((all, one) => all + one, 0),
      note: notRead === '' ? '' : `not read: ${notRead}`,
      empty:
        notRead === ''
          ? nothingWords('no flows', flowsState)
          : stateWords({ state: 'not readable', why: `${notRead}; ↵ on a port reads the flows of that port` }),
    },
    groups: groupsOf(rows),
    upcalls: upcallsModel(moment),
    // An unresponsive ovs-vswitchd writes no counters, so unchanged ones are no evidence of no traffic.
    ports: portRows(stalled ? { ...moment.ovsDb, history: [] } : moment.ovsDb, owners),
    owners,
    bridges: bridgeRows(moment.ovsDb, moment.ovsSwitch),
    bfd: bfdRows(moment.ovsDb.now?.interfaces ?? []),
    pmds: pmdLoads(moment),
    tables,
    rules: moment.ovsSwitch.now?.memory.get('rules'),
    states: { db: partState(moment.ovsDb), tables: stateOf(moment.ovsSwitch) },
  };
}

const bfdRows = (interfaces: readonly Interface[]): readonly BfdRow[] =>
  interfaces.flatMap(({ name, remote, bfdSession: session }) =>
    session === undefined
      ? []
      : {
          name,
          peer: remote ?? '',
          state: session.state,
          remoteState: session.remoteState,
          diagnostic: [session.diagnostic, session.remoteDiagnostic && `peer: ${session.remoteDiagnostic}`]
            .filter(Boolean)
            .join(' · '),
          flaps: session.flaps,
        },
  );

function tile({ upcalls, flows, ports, bridges, states }: OvsModel): Tile {
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
            value: `${count(numberKnown(ports.length, states.db))} on ${count(numberKnown(bridges.length, states.db))} bridges${load?.rate.hitPct === undefined ? '' : ` · hit ${percent(load.rate.hitPct)}`}`,
          },
    ],
  };
}
