import { hiddenNeeds, hiddenProcesses } from '../../entities/processes/hidden-processes.ts';
import { portNeeds, portOwnersAt } from '../../entities/ovs/ports.ts';
import { limits } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import type { Interface } from '../../sources/ovs/db.ts';
import type { Moment } from '../../timeline/moment.ts';
import { chassisRows, chassisSection, type ChassisRow } from './chassis.ts';
import { daemonLines, daemonNeeds, daemonsSection } from './daemons.ts';
import type { Line } from './line.ts';
import { logicalRows, logicalSection, type Carried, type LogicalRow } from './ports.ts';
import { raftRows, raftSection, type RaftRow } from './raft.ts';
import { definePane, type Presence, type Section, type Tile } from '../pane.ts';
import { notFound, notTakenReason } from '../../ui/kit/not-found.ts';
import { missingText } from '../../ui/kit/missing-reason.ts';

const needs = { ...portNeeds, ...daemonNeeds, ...hiddenNeeds };

export interface OvnModel {
  readonly presence: Presence;
  readonly lines: readonly Line[];
  readonly raft: readonly RaftRow[];
  readonly chassis: readonly ChassisRow[];
  readonly logical: readonly LogicalRow[];
  readonly carried: Carried;
  /** Reason for empty tables: the databases are mostly on other hosts. */
  readonly empty: string;
}

/** Pane of OVN: daemons, clusters, chassis and the logical network. */
export const ovnPane = definePane({
  id: 'ovn',
  title: 'OVN',
  aliases: ['chassis', 'northd', 'raft', 'sb', 'nb'],
  needs,
  model: ovnModel,
  presence: ({ presence }) => presence,
  sections: (model): readonly Section[] => [
    daemonsSection(model.lines),
    ...(model.raft.length > 0 ? [raftSection(model.raft)] : []),
    chassisSection(model.chassis, model.empty),
    logicalSection(model.logical, model.carried, model.empty),
  ],
  tile,
});

export function ovnModel(moment: Moment<typeof needs>): OvnModel {
  const { ovnCentral: central, ovnDaemons: daemons } = moment;
  const systemId = moment.ovsDb.now?.systemId;
  const lines = daemonLines(moment);
  const read = central.now?.northbound.read === true || central.now?.southbound.read === true;
  const silent = central.now?.southbound.silent ?? central.now?.northbound.silent;
  const remote = moment.ovsDb.now?.externalIds.get('ovn-remote');
  return {
    presence: presenceOf(
      lines.length > 0 || read || remote !== undefined,
      daemons.ageMs !== undefined && central.ageMs !== undefined,
      hiddenProcesses(moment),
      notTakenReason(central, daemons),
    ),
    lines,
    raft: raftRows(daemons.now?.clusters ?? []),
    chassis: chassisRows(central.now, systemId),
    logical: logicalRows(central.now, systemId),
    carried: { ports: ovsPortsByLogical(moment.ovsDb.now?.interfaces ?? []), owners: portOwnersAt(moment) },
    empty: plain(
      silent === undefined
        ? `not present: databases not on this host${remote === undefined ? '' : `, ovn-remote ${remote}`}`
        : missingText(silent),
    ),
  };
}

/** Logical port → OVS ports of this host with its iface-id. */
function ovsPortsByLogical(interfaces: readonly Interface[]): ReadonlyMap<string, readonly string[]> {
  const ports = new Map<string, string[]>();
  for (const { name, externalIds } of interfaces) {
    const logical = externalIds.get('iface-id');
    if (logical === undefined) continue;
    const own = ports.get(logical);
    if (own) own.push(name);
    else ports.set(logical, [name]);
  }
  return ports;
}

function presenceOf(
  there: boolean,
  looked: boolean,
  hidden: string | undefined,
  notTaken: string | undefined,
): Presence {
  if (there) return 'present';
  if (notTaken !== undefined) return { hidden: notTaken };
  return looked ? notFound('no OVN on this host', hidden) : 'unknown';
}

function tile({ lines, chassis, logical }: OvnModel): Tile {
  const late = chassis.filter(({ behindSeconds }) => (behindSeconds ?? 0) >= (limits.ovnBehindSeconds.warn ?? 0));
  const faulty = logical.filter(({ role }) => role === 'warn');
  const first = (label: string) => lines.find((line) => line.label === label)?.parts[0];
  const figures = ['controller', 'northd'].flatMap((label) => {
    const one = first(label);
    return one === undefined ? [] : [{ label, value: one.text, role: one.role }];
  });
  return {
    figures: [
      ...figures,
      {
        label: 'chassis',
        value: `${count(chassis.length)}, ${late.length} behind`,
        role: late.length > 0 ? ('warn' as const) : ('text' as const),
      },
      {
        label: 'ports',
        value:
          faulty.length === 0
            ? `${count(logical.filter(({ state }) => state === 'up').length)} up`
            : faulty.map(({ name, state }) => `${name} ${state}`).join(', '),
        role: faulty.length > 0 ? ('warn' as const) : ('text' as const),
      },
    ],
  };
}
