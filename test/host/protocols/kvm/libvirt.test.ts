import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DaemonError } from '../../../../src/host/protocols/protocol.ts';
import {
  encodeFrame,
  KEEPALIVE,
  KEEPALIVE_PROGRAM,
  MESSAGE,
  STATUS,
} from '../../../../src/host/protocols/kvm/libvirt-frames.ts';
import { calls, PROCEDURE } from '../../../../src/host/protocols/kvm/libvirt-procedures.ts';
import { LibvirtError, LibvirtSession } from '../../../../src/host/protocols/kvm/libvirt-session.ts';
import { xmlToKeep } from '../../../../src/host/protocols/kvm/libvirt-xml.ts';
import { libvirt, LibvirtConnection } from '../../../../src/host/protocols/kvm/libvirt.ts';
import { XdrReader } from '../../../../src/host/protocols/kvm/xdr.ts';
import { fakeDomain, FakeLibvirtd } from '../../../helpers/fake-libvirtd.ts';

const now = (): number => Math.round(performance.now());
const connectTo = (daemon: FakeLibvirtd): LibvirtConnection => new LibvirtConnection(daemon.dial, now);

interface Reply {
  readonly workersBusyMs?: number;
  readonly unanswered?: number;
  readonly notAsked?: number;
  readonly domains: readonly {
    readonly name: string;
    readonly state?: number;
    readonly atMs?: number;
    readonly stuckMs?: number;
    readonly why?: string;
    readonly xml?: string;
    readonly stats?: Record<string, unknown>;
    readonly job?: Record<string, unknown>;
  }[];
}
const ask = async (to: LibvirtConnection, request: string, timeoutMs = 5000): Promise<Reply> =>
  JSON.parse(await to.request(request, timeoutMs)) as Reply;

const payloadOf = (hex: string): XdrReader => new XdrReader(Buffer.from(hex, 'hex').subarray(28));

describe('replies of a real libvirtd 9.0', () => {
  test('listDomains gives names and ids when two domains are defined', () => {
    const domains = calls.listDomains.parse(
      payloadOf(
        '0000011820008086000000010000011100000001000000040000000000000002000000076c61622d72617700c56392dec4454cab99afca871b5d2bb600000003000000076c61622d6f666600d09ed68ad0a5484e8274877c4f5a2f4affffffff00000002',
      ),
    );
    expect(domains.map(({ name, id }) => ({ name, id }))).toEqual([
      { name: 'lab-raw', id: 3 },
      { name: 'lab-off', id: -1 },
    ]);
  });

  test('nodeInfo skips the model when a char[32] takes four bytes a character', () => {
    const model = '00000078000000380000003600'.padEnd(256, '0');
    const rest = '0000000000bb68cc0000000200000a2400000001000000010000000200000001';
    expect(calls.nodeInfo.parse(payloadOf('0'.repeat(56) + model + rest))).toEqual({ memoryKiB: 12_282_060, cpus: 2 });
  });
});

test('refusal names the reason when a socket or request is not read-only', () => {
  expect(libvirt.refusal('/run/libvirt/libvirt-sock-ro', 'domains')).toBeUndefined();
  expect(libvirt.refusal('/run/libvirt/virtqemud-sock-ro', 'monitor')).toBeUndefined();
  expect(libvirt.refusal('/run/libvirt/libvirt-sock', 'domains')).toContain('read-only socket');
  expect(libvirt.refusal('/run/libvirt/libvirt-sock-ro', 'destroy web')).toContain('not allowed');
  expect(libvirt.refusal('/run/libvirt/libvirt-sock-ro', 'toString')).toContain('not allowed');
});

test('PROCEDURE lists only reads when all calls are named', () => {
  expect(Object.keys(PROCEDURE).toSorted()).toEqual([
    'authList',
    'authPolkit',
    'close',
    'diskErrors',
    'domainControl',
    'domainState',
    'domainStats',
    'domainXml',
    'hostname',
    'jobStats',
    'libraryVersion',
    'listDomains',
    'nodeInfo',
    'open',
    'supportsFeature',
    'version',
  ]);
  expect(new XdrReader(calls.open('qemu:///system').args.subarray(-4)).uint()).toBe(1);
});

test.each([1, 3, 1 << 20])('domains come with state and reason when bytes come in chunks of %i', async (chunk) => {
  const daemon = new FakeLibvirtd([fakeDomain(1), fakeDomain(2, { id: -1, state: 5, reason: 0 })], chunk);
  const connection = connectTo(daemon);
  expect(await ask(connection, 'domains')).toEqual({
    domains: [
      { name: 'vm-1', uuid: '01010101-0101-0101-0101-010101010101', id: 1, state: 1, reason: 1 },
      { name: 'vm-2', uuid: '02020202-0202-0202-0202-020202020202', id: -1, state: 5, reason: 0 },
    ],
  });
  await ask(connection, 'domains');
  expect(daemon.pipes).toHaveLength(1);
  connection.close();
});

test('LibvirtSession sends a pong when the daemon pings', async () => {
  const daemon = new FakeLibvirtd([]);
  const connection = connectTo(daemon);
  await ask(connection, 'domains');
  const ping = {
    program: KEEPALIVE_PROGRAM,
    type: MESSAGE.message,
    serial: 0,
    status: STATUS.ok,
    payload: Buffer.alloc(0),
  };
  daemon.send(encodeFrame({ ...ping, procedure: KEEPALIVE.ping }));
  await sleep(5);
  expect(daemon.messages).toEqual([{ ...ping, procedure: KEEPALIVE.pong }]);
});

describe('opening', () => {
  test('authenticates by polkit when the daemon offers nothing else', async () => {
    const daemon = new FakeLibvirtd([]);
    daemon.authTypes = [2];
    await ask(connectTo(daemon), 'domains');
    expect(daemon.count('authPolkit')).toBe(1);
  });

  test('is denied when the daemon requires SASL', async () => {
    const daemon = new FakeLibvirtd([]);
    daemon.authTypes = [1];
    await expect(ask(connectTo(daemon), 'domains')).rejects.toMatchObject({
      why: 'denied',
      message: expect.stringContaining('SASL'),
    });
  });

  test('is absent when the daemon is a proxy of virtqemud', async () => {
    const daemon = new FakeLibvirtd([fakeDomain(1)]);
    daemon.isProxy = true;
    await expect(ask(connectTo(daemon), 'domains')).rejects.toMatchObject({ why: 'absent' });
    expect(daemon.count('listDomains')).toBe(0);
  });

  test('gives code and message when the daemon replies with an error', async () => {
    const daemon = new FakeLibvirtd([]);
    const session = await LibvirtSession.open(daemon.dial);
    const error: unknown = await session.call(calls.domainXml(fakeDomain(9))).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LibvirtError);
    expect(error).toMatchObject({ code: 42, why: 'absent', message: 'Domain not found' });
  });

  test('fails when the bytes are of another protocol', async () => {
    const daemon = new FakeLibvirtd([]);
    daemon.hangs = (procedure) => procedure === PROCEDURE.listDomains;
    const request = ask(connectTo(daemon), 'domains');
    await sleep(5);
    daemon.send(Buffer.from('HTTP/1.1 400 Bad Request\r\n'));
    await expect(request).rejects.toMatchObject({ why: 'failed', message: expect.stringContaining('protocol') });
  });
});

test('LibvirtConnection connects again when the connection is lost', async () => {
  const daemon = new FakeLibvirtd([fakeDomain(1)]);
  const connection = connectTo(daemon);
  daemon.hangs = (procedure) => procedure === PROCEDURE.listDomains;
  const request = ask(connection, 'domains');
  await sleep(5);
  daemon.hangUp();
  await expect(request).rejects.toMatchObject({ why: 'failed', message: expect.stringContaining('closed') });
  daemon.release();
  expect((await ask(connection, 'domains')).domains).toHaveLength(1);
  expect(daemon.pipes).toHaveLength(2);
});

test('LibvirtConnection sends one request of each kind when the daemon is frozen', async () => {
  const daemon = new FakeLibvirtd([fakeDomain(1)]);
  daemon.hangs = (procedure) => procedure !== PROCEDURE.authList;
  const connection = connectTo(daemon);
  for (let turn = 0; turn < 20; turn++)
    for (const request of ['domains', 'monitor', 'xml', 'about'])
      await expect(ask(connection, request, 3)).rejects.toBeInstanceOf(DaemonError);
  expect(daemon.pipes).toHaveLength(2);
  expect(daemon.called.length).toBeLessThanOrEqual(4);
  daemon.release();
  expect((await ask(connection, 'domains')).domains).toHaveLength(1);
});

test('LibvirtConnection reads states one by one when all ordinary workers hang', async () => {
  const daemon = new FakeLibvirtd([fakeDomain(1), fakeDomain(2, { state: 3, reason: 5 })]);
  daemon.hangs = (procedure) => procedure === PROCEDURE.domainStats;
  const connection = connectTo(daemon);
  const first = await ask(connection, 'domains');
  expect(first.domains.map(({ state }) => state)).toEqual([1, 3]);
  expect(first.workersBusyMs).toBeGreaterThanOrEqual(1000);
  await ask(connection, 'domains');
  expect(daemon.count('domainStats')).toBe(1);
  daemon.release();
  await sleep(5);
  expect((await ask(connection, 'domains')).workersBusyMs).toBeUndefined();
});

describe('monitors', () => {
  const FROZEN = (names: readonly string[]) => (procedure: number, domain: string | undefined) =>
    procedure === PROCEDURE.domainStats && domain !== undefined && names.includes(domain);
  const states = ({ domains }: Reply) =>
    Object.fromEntries(
      domains.map(({ name, stuckMs, atMs }) => [name, stuckMs === undefined ? atMs !== undefined : 'stuck']),
    );

  test('sweep marks a QEMU and polls the others when it is frozen, until it recovers', async () => {
    const daemon = new FakeLibvirtd([fakeDomain(1), fakeDomain(2), fakeDomain(3), fakeDomain(4, { id: -1 })]);
    daemon.hangs = FROZEN(['vm-2']);
    const connection = connectTo(daemon);
    expect(states(await ask(connection, 'monitor'))).toEqual({ 'vm-1': true, 'vm-2': 'stuck', 'vm-3': true });
    const before = daemon.count('domainStats');
    const started = performance.now();
    for (let turn = 0; turn < 10; turn++) expect(states(await ask(connection, 'monitor'))['vm-2']).toBe('stuck');
    expect(performance.now() - started).toBeLessThan(500);
    expect(daemon.count('domainStats')).toBe(before + 20);
    daemon.release();
    await sleep(5);
    expect(states(await ask(connection, 'monitor'))).toEqual({ 'vm-1': true, 'vm-2': true, 'vm-3': true });
  });

  test('sweep holds four workers of the daemon when every QEMU is frozen', async () => {
    const daemon = new FakeLibvirtd(Array.from({ length: 12 }, (_, at) => fakeDomain(at + 1)));
    const held: number[] = [];
    daemon.hangs = (procedure, domain) =>
      procedure === PROCEDURE.domainStats && domain !== undefined && held.push(1) > 0;
    const connection = connectTo(daemon);
    for (let turn = 0; turn < 3; turn++) await ask(connection, 'monitor');
    expect(await ask(connection, 'monitor')).toMatchObject({ unanswered: 4, notAsked: 12 });
    expect(held).toHaveLength(4);
  }, 20_000);

  test('sweep finds, follows and drops a job when the monitor is free meanwhile', async () => {
    const daemon = new FakeLibvirtd([fakeDomain(1), fakeDomain(2, { job: { operation: 8, processedBytes: 1 << 20 } })]);
    const connection = connectTo(daemon);
    const jobOf = async (name: string) =>
      (await ask(connection, 'monitor')).domains.find((domain) => domain.name === name)?.job;
    expect(await jobOf('vm-2')).toEqual({ type: 2, operation: 8, data_processed: 1 << 20 });
    daemon.domains[1] = fakeDomain(2, { job: { operation: 8, processedBytes: 2 << 20 } });
    expect(await jobOf('vm-2')).toEqual({ type: 2, operation: 8, data_processed: 2 << 20 });
    // A domain without a job gets few job requests, one with a job gets one per sweep.
    expect(daemon.count('jobStats')).toBe(3);
    daemon.domains[1] = fakeDomain(2);
    expect(await jobOf('vm-2')).toBeUndefined();
  });

  test('sweep drops the figures of a domain when it is gone', async () => {
    const daemon = new FakeLibvirtd([fakeDomain(1), fakeDomain(2)]);
    const connection = connectTo(daemon);
    const first = await ask(connection, 'monitor');
    expect(first.domains[0]?.stats).toEqual({
      'state.state': 1,
      'state.reason': 1,
      'balloon.current': 65_536,
      'block.0.name': 'vda',
    });
    daemon.domains.pop();
    expect((await ask(connection, 'monitor')).domains.map(({ name }) => name)).toEqual(['vm-1']);
  });
});

describe('definitions', () => {
  test('are requested once when they are read three times', async () => {
    const daemon = new FakeLibvirtd([fakeDomain(1), fakeDomain(2)]);
    const connection = connectTo(daemon);
    for (let turn = 0; turn < 3; turn++)
      expect((await ask(connection, 'xml')).domains[1]?.xml).toBe("<domain id='2'><name>vm-2</name></domain>");
    expect(daemon.count('domainXml')).toBe(2);
  });

  test('xmlToKeep drops secrets when a definition holds some', () => {
    const kept = xmlToKeep(`<domain><metadata><my:app xmlns:my="x"><token>s3cret</token></my:app>
      <nova:instance xmlns:nova="http://openstack.org/xmlns/libvirt/nova/1.1"><nova:name>web</nova:name></nova:instance></metadata>
      <devices><graphics type='vnc' passwd='s3cret'/><disk><auth username='s3cret'><secret type='ceph' uuid='s3cret'/></auth>
      <source file='/a'/><address type='pci' slot='0x1'/></disk></devices>
      <qemu:commandline><qemu:env name='K' value='s3cret'/></qemu:commandline></domain>`);
    expect(kept).not.toContain('s3cret');
    expect(kept).not.toContain('pci');
    expect(kept).toContain('<nova:name>web</nova:name>');
    expect(kept).toContain("<source file='/a'/>");
  });

  test('xmlToKeep drops passwords when the text is arbitrary', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(xmlToKeep(`<d ${text} passwd='s3cret'><x passwd="s3cret"/></d>`) ?? '').not.toContain("passwd='s3cret'");
      }),
    );
  });
});
