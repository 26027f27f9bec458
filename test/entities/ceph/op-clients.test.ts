import { expect, test } from 'vitest';
import {
  clientEvidence,
  clientWords,
  opClients,
  type OpClient,
  type opClientNeeds,
} from '../../../src/entities/ceph/op-clients.ts';
import type { CephOp } from '../../../src/sources/ceph/op.ts';
import type { OpsSample } from '../../../src/sources/ceph/ops.ts';
import type { Process } from '../../../src/sources/processes/processes.ts';
import { socketPeers, type LocalClient } from '../../../src/sources/processes/socket-peers.ts';
import type { Moment } from '../../../src/timeline/moment.ts';
import { seen } from '../../helpers/seen.ts';

const op = (client: string, clientAddress: string | undefined, ageSeconds = 3): CephOp =>
  // Fields that clients are made of.
  ({ client, clientAddress, ageSeconds, peers: [] }) as unknown as CephOp;

const process = (pid: number, command: string, more: Partial<Process> = {}): Process =>
  ({ pid, command, startTicks: 1, commandLine: undefined, owner: undefined, ...more }) as Process;

const OSD = (pid: number, id: number) => process(pid, 'ceph-osd', { commandLine: `ceph-osd -f --id ${id}` });
const guest: Process['owner'] = { kind: 'guest', name: 'instance-0000002a' };

interface Made {
  readonly ops: Readonly<Record<number, readonly CephOp[]>>;
  readonly processes: readonly Process[];
  readonly peers: readonly LocalClient[];
  readonly devices?: readonly { readonly name: string; readonly client: string }[];
}

const moment = ({ ops, processes, peers, devices = [] }: Made): Moment<typeof opClientNeeds> => {
  const sample: OpsSample = new Map(
    Object.entries(ops).map(([osd, list]) => [Number(osd), { ops: list, number: list.length }]),
  );
  const table = { processes: new Map(processes.map((one) => [one.pid, one])) };
  return {
    cephOps: seen(undefined, sample, 5),
    cephSlowOps: seen(undefined, new Map(), 15),
    rbdDevices: seen(undefined, devices.map((one) => ({ ...one, pool: 'p', image: 'i' })), 60), // prettier-ignore
    // Clients are made of the table alone.
    processes: seen(undefined, table as never, 2),
    socketPeers: seen(undefined, { ...socketPeers.parse({ sockets: undefined }), clients: peers }, 60),
  };
};

const ME = '10.0.0.5';
const processes = [
  OSD(100, 0),
  OSD(101, 1),
  process(200, 'ceph-mgr'),
  process(811, 'qemu-system-x86', { owner: guest }),
  process(812, 'qemu-system-x86', { owner: { kind: 'guest', name: 'instance-0000002b' } }),
];
const peer = (client: number, daemon: number, address = ME): LocalClient => ({ client, daemon, address });

const wordsOf = (made: Made, id: string) => {
  const client = opClients(moment(made)).get(id);
  return client && clientWords(client);
};

test('opClients names the one process that is connected to every OSD with ops of the client', () => {
  const peers = [peer(200, 100), peer(811, 100), peer(811, 101), peer(812, 100)];
  const ops = { 0: [op('client.7', ME)], 1: [op('client.7', ME)] };
  expect(wordsOf({ ops, processes, peers }, 'client.7')).toBe('guest instance-0000002a (qemu-system-x86[811])');
  // With ops on one OSD alone two guests may be it.
  expect(wordsOf({ ops: { 0: ops[0] }, processes, peers }, 'client.7')).toBe(
    'one of guest instance-0000002a (qemu-system-x86[811]), guest instance-0000002b (qemu-system-x86[812])',
  );
});

test('opClients names no process of this host for the client of another', () => {
  const peers = [peer(811, 100)];
  expect(wordsOf({ ops: { 0: [op('client.8', '10.0.0.9')] }, processes, peers }, 'client.8')).toBe(
    '10.0.0.9: no process of this host is connected from it',
  );
  expect(wordsOf({ ops: { 0: [op('client.8', undefined)] }, processes, peers }, 'client.8')).toBe('address unknown');
});

test('opClients names the device of a client of the kernel, whose connections have no process', () => {
  const devices = [{ name: 'rbd0', client: 'client.9' }];
  const made: Made = { ops: { 0: [op('client.9', ME)] }, processes, peers: [peer(811, 100)], devices };
  const client: OpClient | undefined = opClients(moment(made)).get('client.9');
  expect(client).toMatchObject({ devices: ['rbd0'], candidates: [] });
  expect(wordsOf(made, 'client.9')).toBe('/dev/rbd0 of this host');
});

test('clientEvidence names the clients of slow ops, those with the most first, and no younger ones', () => {
  const ops = { 0: [op('client.8', '10.0.0.9'), op('client.7', ME), op('client.7', ME), op('client.6', ME, 0.2), op('osd.1', ME)] }; // prettier-ignore
  const found = clientEvidence(moment({ ops, processes, peers: [peer(811, 100)] }));
  expect(found.map(({ what, value }) => [what, value])).toEqual([
    ['client with 2 slow ops', 'client.7 guest instance-0000002a (qemu-system-x86[811])'],
    ['client with 1 slow op', 'client.8 10.0.0.9: no process of this host is connected from it'],
  ]);
});
