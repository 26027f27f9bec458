import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TalkError } from '../../../../src/host/protocols/protocol.ts';
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
const talk = (daemon: FakeLibvirtd): LibvirtConnection => new LibvirtConnection(daemon.dial, now);

interface Answered {
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
const ask = async (to: LibvirtConnection, request: string, timeoutMs = 5000): Promise<Answered> =>
  JSON.parse(await to.ask(request, timeoutMs)) as Answered;

const payloadOf = (hex: string): XdrReader => new XdrReader(Buffer.from(hex, 'hex').subarray(28));

describe('answers of a real libvirtd 9.0', () => {
  test('the list of domains', () => {
    const domains = calls.listDomains.answer(
      payloadOf(
        '0000011820008086000000010000011100000001000000040000000000000002000000076c61622d72617700c56392dec4454cab99afca871b5d2bb600000003000000076c61622d6f666600d09ed68ad0a5484e8274877c4f5a2f4affffffff00000002',
      ),
    );
    expect(domains.map(({ name, id }) => ({ name, id }))).toEqual([
      { name: 'lab-raw', id: 3 },
      { name: 'lab-off', id: -1 },
    ]);
  });

  test('the machine: a char[32] takes four bytes a character', () => {
    const model = '00000078000000380000003600'.padEnd(256, '0');
    const rest = '0000000000bb68cc0000000200000a2400000001000000010000000200000001';
    expect(calls.nodeInfo.answer(payloadOf('0'.repeat(56) + model + rest))).toEqual({ memoryKiB: 12_282_060, cpus: 2 });
  });
});

test('only the sockets that read, and only what is on the list', () => {
  expect(libvirt.refusal('/run/libvirt/libvirt-sock-ro', 'domains')).toBeUndefined();
  expect(libvirt.refusal('/run/libvirt/virtqemud-sock-ro', 'monitor')).toBeUndefined();
  expect(libvirt.refusal('/run/libvirt/libvirt-sock', 'domains')).toContain('read-only socket');
  expect(libvirt.refusal('/run/libvirt/libvirt-sock-ro', 'destroy web')).toContain('not asked');
  expect(libvirt.refusal('/run/libvirt/libvirt-sock-ro', 'toString')).toContain('not asked');
});

test('nothing but reading procedures is ever called', () => {
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

test.each([1, 3, 1 << 20])('domains with state and reason, bytes in pieces of %i', async (chunk) => {
  const daemon = new FakeLibvirtd([fakeDomain(1), fakeDomain(2, { id: -1, state: 5, reason: 0 })], chunk);
  const conversation = talk(daemon);
  expect(await ask(conversation, 'domains')).toEqual({
    domains: [
      { name: 'vm-1', uuid: '01010101-0101-0101-0101-010101010101', id: 1, state: 1, reason: 1 },
      { name: 'vm-2', uuid: '02020202-0202-0202-0202-020202020202', id: -1, state: 5, reason: 0 },
    ],
  });
  await ask(conversation, 'domains');
  expect(daemon.pipes).toHaveLength(1);
  conversation.close();
});

test('a ping is answered by a pong', async () => {
  const daemon = new FakeLibvirtd([]);
  const conversation = talk(daemon);
  await ask(conversation, 'domains');
  const ping = {
    program: KEEPALIVE_PROGRAM,
    type: MESSAGE.message,
    serial: 0,
    status: STATUS.ok,
    payload: Buffer.alloc(0),
  };
  daemon.say(encodeFrame({ ...ping, procedure: KEEPALIVE.ping }));
  await sleep(5);
  expect(daemon.heard).toEqual([{ ...ping, procedure: KEEPALIVE.pong }]);
});

describe('opening', () => {
  test('polkit is asked where nothing else will do', async () => {
    const daemon = new FakeLibvirtd([]);
    daemon.authTypes = [2];
    await ask(talk(daemon), 'domains');
    expect(daemon.count('authPolkit')).toBe(1);
  });

  test('where a password is wanted we are denied', async () => {
    const daemon = new FakeLibvirtd([]);
    daemon.authTypes = [1];
    await expect(ask(talk(daemon), 'domains')).rejects.toMatchObject({
      why: 'denied',
      message: expect.stringContaining('SASL'),
    });
  });

  test('a daemon that only passes on is not asked: virtqemud is, itself', async () => {
    const daemon = new FakeLibvirtd([fakeDomain(1)]);
    daemon.passesOn = true;
    await expect(ask(talk(daemon), 'domains')).rejects.toMatchObject({ why: 'absent' });
    expect(daemon.count('listDomains')).toBe(0);
  });

  test('its own error comes with its own words', async () => {
    const daemon = new FakeLibvirtd([]);
    const session = await LibvirtSession.open(daemon.dial);
    const error: unknown = await session.call(calls.domainXml(fakeDomain(9))).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LibvirtError);
    expect(error).toMatchObject({ code: 42, why: 'absent', message: 'Domain not found' });
  });

  test('what is no libvirt is said to be none', async () => {
    const daemon = new FakeLibvirtd([]);
    daemon.hangs = (procedure) => procedure === PROCEDURE.listDomains;
    const asked = ask(talk(daemon), 'domains');
    await sleep(5);
    daemon.say(Buffer.from('HTTP/1.1 400 Bad Request\r\n'));
    await expect(asked).rejects.toMatchObject({ why: 'failed', message: expect.stringContaining('protocol') });
  });
});

test('after a loss it dials again', async () => {
  const daemon = new FakeLibvirtd([fakeDomain(1)]);
  const conversation = talk(daemon);
  daemon.hangs = (procedure) => procedure === PROCEDURE.listDomains;
  const asked = ask(conversation, 'domains');
  await sleep(5);
  daemon.hangUp();
  await expect(asked).rejects.toMatchObject({ why: 'failed', message: expect.stringContaining('closed') });
  daemon.release();
  expect((await ask(conversation, 'domains')).domains).toHaveLength(1);
  expect(daemon.pipes).toHaveLength(2);
});

test('a frozen daemon gets one question of each kind, however often we ask', async () => {
  const daemon = new FakeLibvirtd([fakeDomain(1)]);
  daemon.hangs = (procedure) => procedure !== PROCEDURE.authList;
  const conversation = talk(daemon);
  for (let turn = 0; turn < 20; turn++)
    for (const request of ['domains', 'monitor', 'xml', 'about'])
      await expect(ask(conversation, request, 3)).rejects.toBeInstanceOf(TalkError);
  expect(daemon.pipes).toHaveLength(2);
  expect(daemon.asked.length).toBeLessThanOrEqual(4);
  daemon.release();
  expect((await ask(conversation, 'domains')).domains).toHaveLength(1);
});

test('states come one by one when all ordinary workers hang', async () => {
  const daemon = new FakeLibvirtd([fakeDomain(1), fakeDomain(2, { state: 3, reason: 5 })]);
  daemon.hangs = (procedure) => procedure === PROCEDURE.domainStats;
  const conversation = talk(daemon);
  const first = await ask(conversation, 'domains');
  expect(first.domains.map(({ state }) => state)).toEqual([1, 3]);
  expect(first.workersBusyMs).toBeGreaterThanOrEqual(1000);
  await ask(conversation, 'domains');
  expect(daemon.count('domainStats')).toBe(1);
  daemon.release();
  await sleep(5);
  expect((await ask(conversation, 'domains')).workersBusyMs).toBeUndefined();
});

describe('monitors', () => {
  const FROZEN = (names: readonly string[]) => (procedure: number, domain: string | undefined) =>
    procedure === PROCEDURE.domainStats && domain !== undefined && names.includes(domain);
  const states = ({ domains }: Answered) =>
    Object.fromEntries(
      domains.map(({ name, stuckMs, atMs }) => [name, stuckMs === undefined ? atMs !== undefined : 'stuck']),
    );

  test('a frozen QEMU is marked with the time and not asked again; the others are; it recovers', async () => {
    const daemon = new FakeLibvirtd([fakeDomain(1), fakeDomain(2), fakeDomain(3), fakeDomain(4, { id: -1 })]);
    daemon.hangs = FROZEN(['vm-2']);
    const conversation = talk(daemon);
    expect(states(await ask(conversation, 'monitor'))).toEqual({ 'vm-1': true, 'vm-2': 'stuck', 'vm-3': true });
    const before = daemon.count('domainStats');
    const started = performance.now();
    for (let turn = 0; turn < 10; turn++) expect(states(await ask(conversation, 'monitor'))['vm-2']).toBe('stuck');
    expect(performance.now() - started).toBeLessThan(500);
    expect(daemon.count('domainStats')).toBe(before + 20);
    daemon.release();
    await sleep(5);
    expect(states(await ask(conversation, 'monitor'))).toEqual({ 'vm-1': true, 'vm-2': true, 'vm-3': true });
  });

  test('however many are frozen, four workers of the daemon are held at most', async () => {
    const daemon = new FakeLibvirtd(Array.from({ length: 12 }, (_, at) => fakeDomain(at + 1)));
    const held: number[] = [];
    daemon.hangs = (procedure, domain) =>
      procedure === PROCEDURE.domainStats && domain !== undefined && held.push(1) > 0;
    const conversation = talk(daemon);
    for (let turn = 0; turn < 3; turn++) await ask(conversation, 'monitor');
    expect(await ask(conversation, 'monitor')).toMatchObject({ unanswered: 4, notAsked: 12 });
    expect(held).toHaveLength(4);
  }, 20_000);

  test('a job is found though the monitor is free meanwhile, followed, and forgotten when it is over', async () => {
    const daemon = new FakeLibvirtd([fakeDomain(1), fakeDomain(2, { job: { operation: 8, processedBytes: 1 << 20 } })]);
    const conversation = talk(daemon);
    const jobOf = async (name: string) =>
      (await ask(conversation, 'monitor')).domains.find((domain) => domain.name === name)?.job;
    expect(await jobOf('vm-2')).toEqual({ type: 2, operation: 8, data_processed: 1 << 20 });
    daemon.domains[1] = fakeDomain(2, { job: { operation: 8, processedBytes: 2 << 20 } });
    expect(await jobOf('vm-2')).toEqual({ type: 2, operation: 8, data_processed: 2 << 20 });
    // One without a job is asked seldom, one with a job each time.
    expect(daemon.count('jobStats')).toBe(3);
    daemon.domains[1] = fakeDomain(2);
    expect(await jobOf('vm-2')).toBeUndefined();
  });

  test('figures keep their time, and those of a domain that went are forgotten', async () => {
    const daemon = new FakeLibvirtd([fakeDomain(1), fakeDomain(2)]);
    const conversation = talk(daemon);
    const first = await ask(conversation, 'monitor');
    expect(first.domains[0]?.stats).toEqual({
      'state.state': 1,
      'state.reason': 1,
      'balloon.current': 65_536,
      'block.0.name': 'vda',
    });
    daemon.domains.pop();
    expect((await ask(conversation, 'monitor')).domains.map(({ name }) => name)).toEqual(['vm-1']);
  });
});

describe('definitions', () => {
  test('are asked for once', async () => {
    const daemon = new FakeLibvirtd([fakeDomain(1), fakeDomain(2)]);
    const conversation = talk(daemon);
    for (let turn = 0; turn < 3; turn++)
      expect((await ask(conversation, 'xml')).domains[1]?.xml).toBe("<domain id='2'><name>vm-2</name></domain>");
    expect(daemon.count('domainXml')).toBe(2);
  });

  test('are without secrets', () => {
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

  test('any text is survived, and a password never', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(xmlToKeep(`<d ${text} passwd='s3cret'><x passwd="s3cret"/></d>`) ?? '').not.toContain("passwd='s3cret'");
      }),
    );
  });
});
