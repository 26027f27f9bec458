import { certificatePaths, type CertificatePath } from '../../entities/ovn/certificate-paths.ts';
import { portNeeds, portOwnersAt } from '../../entities/ovs/ports.ts';
import { limits } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import type { Interface } from '../../sources/ovs/db.ts';
import { processes } from '../../sources/processes/processes.ts';
import type { Moment } from '../../timeline/moment.ts';
import { certificatesSection } from './certificates.ts';
import { chassisRows, chassisSection, type ChassisRow } from './chassis.ts';
import { daemonLines, daemonNeeds, daemonsSection } from './daemons.ts';
import type { Line } from './line.ts';
import { logicalRows, logicalSection, type Carried, type LogicalRow } from './ports.ts';
import { raftRows, raftSection, type RaftRow } from './raft.ts';
import { definePane, type Presence, type Section, type Tile } from '../pane.ts';
import {
  nothingWords,
  numberKnown,
  stateOf,
  stateOfMissing,
  type NothingWords,
  type ReadingState,
} from '../../timeline/reading-state.ts';
import { bfdSection, type BfdRow } from '../../ui/kit/bfd.ts';
import { presenceOf } from '../../ui/kit/presence.ts';

const needs = { ...portNeeds, ...daemonNeeds, processes };

export interface OvnModel {
  readonly presence: Presence;
  readonly lines: readonly Line[];
  readonly raft: readonly RaftRow[];
  readonly chassis: readonly ChassisRow[];
  readonly logical: readonly LogicalRow[];
  readonly carried: Carried;
  readonly bfd: readonly BfdRow[];
  readonly certificates: readonly CertificatePath[];
  /** State of the databases, which are mostly on other hosts. */
  readonly state: ReadingState;
  readonly empty: NothingWords;
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
    chassisSection(model.chassis, model.state, model.empty),
    logicalSection(model.logical, model.carried, model),
    ...(model.bfd.length > 0 ? [bfdSection(model.bfd, ['ovn-central'])] : []),
    ...(model.certificates.length > 0 ? [certificatesSection(model.certificates)] : []),
  ],
  tile,
});

export function ovnModel(moment: Moment<typeof needs>): OvnModel {
  const { ovnCentral: central, ovnDaemons: daemons } = moment;
  const systemId = moment.ovsDb.now?.systemId;
  const lines = daemonLines(moment);
  const read = central.now?.northbound.read === true || central.now?.southbound.read === true;
  const silent = central.now?.southbound.silent ?? central.now?.northbound.silent;
  const state = silent === undefined ? stateOf(central) : stateOfMissing(silent);
  const remote = moment.ovsDb.now?.externalIds.get('ovn-remote');
  return {
    presence: presenceOf(
      lines.length > 0 || read || remote !== undefined,
      'no OVN on this host',
      daemons,
      central,
      moment.processes,
    ),
    lines,
    raft: raftRows(daemons.now?.clusters ?? []),
    chassis: chassisRows(central.now, systemId),
    logical: logicalRows(central.now, systemId),
    carried: { ports: ovsPortsByLogical(moment.ovsDb.now?.interfaces ?? []), owners: portOwnersAt(moment) },
    bfd: (central.now?.bfd ?? []).map(({ port, peer, state: own }) => ({
      name: port,
      peer,
      state: own,
      remoteState: undefined,
      diagnostic: undefined,
      flaps: undefined,
    })),
    certificates: certificatePaths(moment.processes.now?.processes, moment.ovsDb.now, central.now),
    state,
    empty: nothingWords(
      plain(`not present: databases not on this host${remote === undefined ? '' : `, ovn-remote ${remote}`}`),
      state,
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

function tile({ lines, chassis, logical, state }: OvnModel): Tile {
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
        value: `${count(numberKnown(chassis.length, state))}, ${count(numberKnown(late.length, state))} behind`,
        role: late.length > 0 ? ('warn' as const) : ('text' as const),
      },
      {
        label: 'ports',
        value:
          faulty.length === 0
            ? `${count(numberKnown(logical.filter((row) => row.state === 'up').length, state))} up`
            : faulty.map((row) => `${row.name} ${row.state}`).join(', '),
        role: faulty.length > 0 ? ('warn' as const) : ('text' as const),
      },
    ],
  };
}
