import type { CephOp } from '../../sources/ceph/op.ts';
import { cephOps, cephSlowOps, type OpsSample } from '../../sources/ceph/ops.ts';
import { rbdDevices } from '../../sources/ceph/rbd-devices.ts';
import { processes, type Process } from '../../sources/processes/processes.ts';
import { socketPeers } from '../../sources/processes/socket-peers.ts';
import { plural } from '../../lib/units.ts';
import type { Moment } from '../../timeline/moment.ts';
import { osdProcesses } from './osd-process.ts';

export const opClientNeeds = { cephOps, cephSlowOps, rbdDevices, processes, socketPeers };

/** Client of Ceph that has ops on OSDs of this host. */
export interface OpClient {
  /** `client.4154` */
  readonly id: string;
  /** Without port and nonce: librados chooses a random nonce, so that an address names no process. */
  readonly address: string | undefined;
  /** OSDs of this host that have ops of it. */
  readonly osds: readonly number[];
  /** `rbd0`: device that the kernel has mapped with this client id. */
  readonly devices: readonly string[];
  /** Processes of this host that may be it: connected from its address to each of these OSDs. One is certain. */
  readonly candidates: readonly Process[];
  /** Whether the connections of processes were read: without them nothing is stated of this host. */
  readonly areConnectionsRead: boolean;
}

/** Programs of Ceph itself, which have ids of their kind: `osd.1`, `mgr.4133`. */
const DAEMONS = new Set(['ceph-osd', 'ceph-mon', 'ceph-mgr']);

/** Clients by id, each with the process, guest or mapped device behind it as far as this host shows it. */
export function opClients(moment: Moment<typeof opClientNeeds>): ReadonlyMap<string, OpClient> {
  const seen = new Map<string, { readonly address: string | undefined; readonly osds: Set<number> }>();
  const take = (ops: OpsSample | undefined) => {
    for (const [osd, dump] of ops ?? [])
      for (const { client, clientAddress } of dump.ops) {
        if (client?.startsWith('client.') !== true) continue;
        const known = seen.get(client) ?? { address: clientAddress, osds: new Set() };
        known.osds.add(osd);
        seen.set(client, known);
      }
  };
  take(moment.cephOps.now);
  take(moment.cephSlowOps.now);
  const areConnectionsRead = moment.socketPeers.now !== undefined;
  const table = moment.processes.now?.processes;
  const daemons = osdProcesses(table);
  const peers = Map.groupBy(moment.socketPeers.now?.clients ?? [], ({ daemon }) => daemon);
  const connected = (osd: number, address: string): ReadonlySet<number> =>
    new Set(
      (peers.get(daemons.get(osd)?.pid ?? -1) ?? []).flatMap((peer) => (peer.address === address ? peer.client : [])),
    );
  const devices = Map.groupBy(moment.rbdDevices.now ?? [], ({ client }) => client);
  return new Map(
    [...seen].map(([id, { address, osds }]) => {
      const sets = address === undefined ? [] : [...osds].map((osd) => connected(osd, address));
      const [first, ...others] = sets;
      const pids = [...(first ?? [])].filter((pid) => others.every((set) => set.has(pid)));
      const mapped = (devices.get(id) ?? []).map(({ name }) => name);
      const candidates = pids.flatMap((pid) => table?.get(pid) ?? []).filter(({ command }) => !DAEMONS.has(command));
      // Connections of the kernel have no process.
      return [
        id,
        {
          id,
          address,
          osds: [...osds],
          devices: mapped,
          candidates: mapped.length > 0 ? [] : candidates,
          areConnectionsRead,
        },
      ];
    }),
  );
}

/** `instance-0000002a (qemu-system-x86[811])`, `python3[20913]`. */
export function processWords({ command, pid, owner }: Process): string {
  const program = `${command}[${pid}]`;
  return owner === undefined || owner.kind === 'service' || owner.kind === 'user'
    ? program
    : `${owner.kind} ${owner.name} (${program})`;
}

const MOST_CANDIDATES = 3;

/** Who a client is, in one line: device, process or its address. */
export function clientWords({ address, devices, candidates, areConnectionsRead }: OpClient): string {
  if (devices.length > 0) return `/dev/${devices.join(', /dev/')} of this host`;
  const [only] = candidates;
  if (only === undefined && !areConnectionsRead) return address ?? 'address unknown';
  if (only === undefined)
    return address === undefined ? 'address unknown' : `${address}: no process of this host is connected from it`;
  if (candidates.length === 1) return processWords(only);
  const more = candidates.length - MOST_CANDIDATES;
  return `one of ${candidates.slice(0, MOST_CANDIDATES).map(processWords).join(', ')}${more > 0 ? ` +${more}` : ''}`;
}

/** Age from which an op in flight is slow enough to have its client named. */
const SLOW_SECONDS = 1;

/** Clients of ops that are slow now or were recently, those with the most first. */
export function slowOpClients(
  moment: Moment<typeof opClientNeeds>,
  osd?: number,
): readonly { readonly client: OpClient; readonly ops: number }[] {
  const counts = new Map<string, number>();
  const take = (ops: OpsSample | undefined, isSlow: (op: CephOp) => boolean) => {
    for (const [of, dump] of ops ?? [])
      for (const op of dump.ops)
        if (op.client !== undefined && isSlow(op) && (osd === undefined || of === osd || op.peers.includes(osd)))
          counts.set(op.client, (counts.get(op.client) ?? 0) + 1);
  };
  take(moment.cephOps.now, ({ ageSeconds = 0 }) => ageSeconds >= SLOW_SECONDS);
  take(moment.cephSlowOps.now, () => true);
  const clients = opClients(moment);
  return [...counts]
    .flatMap(([id, ops]) => {
      const client = clients.get(id);
      return client === undefined ? [] : [{ client, ops }];
    })
    .toSorted((a, b) => b.ops - a.ops);
}

const MOST_CLIENTS = 3;

/** Evidence of a finding about slow ops: the clients that wait, with their processes. `osd`: those of its ops alone. */
export const clientEvidence = (
  moment: Moment<typeof opClientNeeds>,
  osd?: number,
): readonly { readonly what: string; readonly value: string; readonly source: string }[] =>
  slowOpClients(moment, osd)
    .slice(0, MOST_CLIENTS)
    .map(({ client, ops }) => ({
      what: `client with ${plural(ops, 'slow op')}`,
      value: `${client.id} ${clientWords(client)}`,
      source: 'dump_ops_in_flight and dump_historic_slow_ops (admin socket), ss',
    }));
