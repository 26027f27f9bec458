import { describe, expect, test, vi } from 'vitest';
import { unixctl } from '../../../../src/host/protocols/ovs/unixctl.ts';
import { rpcDaemon, type RpcRequest } from '../../../helpers/rpc-daemon.ts';

const CTL = '/var/run/openvswitch/ovs-vswitchd.*.ctl';
const DUMP = 'ufid:60f4766b-6636-4322-9d05-0478a02f421f, recirc_id(0), packets:1, bytes:2, used:never, actions:drop\n';

/** A vswitchd with one datapath of so many flows and so many rules. */
const vswitchd = (flows: number, rules = 3) =>
  rpcDaemon(({ method, params }: RpcRequest) => {
    switch (method) {
      case 'dpctl/dump-dps':
        return { result: 'netdev@ovs-netdev\n' };
      case 'dpctl/show':
        return {
          result: `netdev@ovs-netdev:\n  lookups: hit:1 missed:2 lost:3\n  flows: ${flows}\n  port 0: ovs-netdev (tap)\n`,
        };
      case 'dpctl/dump-flows':
        return { result: DUMP };
      case 'ofproto/list':
        return { result: 'br-int\nbr-ex\n' };
      case 'fdb/stats-show':
        return params[0] === 'br-ex' ? { error: 'no such bridge\n' } : { result: 'Statistics for bridge "br-int":\n' };
      case 'memory/show':
        return { result: `handlers:1 rules:${rules} udpif keys:2\n` };
      case 'bridge/dump-flows':
        return { result: 'duration=1s, n_packets=1, n_bytes=2, priority=0,actions=NORMAL\n' };
      case 'upcall/show':
        return { result: 'netdev@ovs-netdev:\n' };
      default:
        return { error: `"${method}" is not a valid command (use "list-commands" to see a list of valid commands)` };
    }
  });

describe('unixctl requests', () => {
  test('allow read-only methods', () => {
    for (const request of [
      'upcall/show',
      'dpctl/dump-flows -m cap=4096',
      'fdb/show br-int',
      'ofproto/trace netdev in_port(cc-red),eth_type(0x0800),ipv4(src=10.0.0.1/255.0.0.0)',
      'cluster/status OVN_Northbound',
    ])
      expect(unixctl.refusal(CTL, request)).toBeUndefined();
    expect(unixctl.refusal('/var/snap/*/common/run/*/ovn-controller.*.ctl', 'connection-status')).toBeUndefined();
    expect(unixctl.refusal('/run/ovn/ovnsb_db.ctl', 'cluster/status OVN_Southbound')).toBeUndefined();
  });

  test.each([
    'exit',
    'vlog/set ANY:dbg',
    'fdb/flush br-int',
    'dpctl/del-flows',
    'dpctl/dump-flows -m',
    'dpctl/dump-flows -m cap=0',
    'dpctl/dump-flows -m cap=9999999',
    'upcall/show extra',
    'ofproto/trace netdev in_port(1) -generate',
    'ofproto/trace --l7-len netdev',
    'fdb/show --all',
    'dpctl/set-if netdev@ovs-netdev port=1',
    'stopwatch/reset',
    'coverage/show\nexit',
  ])('refuses %j', (request) => {
    expect(unixctl.refusal(CTL, request)).toContain('not an allowed request');
  });

  test.each([
    '/run/docker.sock',
    '/run/openvswitch/db.sock',
    '/run/openvswitch/../x/ovs-vswitchd.1.ctl',
    '/tmp/ovs-vswitchd.1.ctl',
  ])('does not dial %s', (to) => {
    expect(unixctl.refusal(to, 'upcall/show')).toContain('not a control socket');
  });
});

test('unixctl uses one connection when replies are split anywhere', async () => {
  for (const pieceBytes of [1, 7, 4096]) {
    const daemon = rpcDaemon(({ method }) => ({ result: `${method} "} \\ ü\n` }), pieceBytes);
    const connection = unixctl.connect(daemon.dial);
    expect(await connection.request('upcall/show', 1000)).toBe('upcall/show "} \\ ü\n');
    expect(await connection.request('memory/show', 1000)).toBe('memory/show "} \\ ü\n');
    expect(daemon.dials()).toBe(1);
  }
});

describe('cap of dumps', () => {
  test('unixctl counts before it dumps', async () => {
    const daemon = vswitchd(5008);
    const connection = unixctl.connect(daemon.dial);
    expect(await connection.request('dpctl/dump-flows -m cap=10000', 1000)).toBe(`== netdev@ovs-netdev\n${DUMP}`);
    expect(daemon.asked.map(({ method }) => method)).toEqual(['dpctl/dump-dps', 'dpctl/show', 'dpctl/dump-flows']);
  });

  test('unixctl replies `not read` when flows exceed the cap', async () => {
    const daemon = vswitchd(200_000);
    const connection = unixctl.connect(daemon.dial);
    expect(await connection.request('dpctl/dump-flows -m cap=4096', 1000)).toBe(
      '== netdev@ovs-netdev not read: 200000 flows, cap 4096\n',
    );
    expect(daemon.asked.some(({ method }) => method === 'dpctl/dump-flows')).toBe(false);
  });

  test('unixctl applies its hard cap when a larger one is requested', async () => {
    const connection = unixctl.connect(vswitchd(200_000).dial);
    expect(await connection.request('dpctl/dump-flows -m cap=999999', 1000)).toContain('cap 50000');
    expect(await connection.request('dpctl/dump-flows -m filter=in_port=veth1', 1000)).toContain(
      'not read: 200000 flows',
    );
  });

  test('unixctl dumps nothing when the count is unknown', async () => {
    const daemon = rpcDaemon(({ method }) => ({
      result: method === 'dpctl/dump-dps' ? 'system@ovs-system\n' : 'nonsense',
    }));
    expect(await unixctl.connect(daemon.dial).request('dpctl/dump-flows -m cap=4096', 1000)).toContain(
      'unknown number',
    );
  });

  test('unixctl applies the cap to rules', async () => {
    const few = unixctl.connect(vswitchd(0, 12).dial);
    expect(await few.request('bridge/dump-flows br-int cap=10000', 1000)).toContain('actions=NORMAL');
    const many = unixctl.connect(vswitchd(0, 100_914).dial);
    expect(await many.request('bridge/dump-flows br-int cap=10000', 1000)).toBe(
      '== br-int not read: 100914 rules, cap 10000\n',
    );
  });
});

test('unixctl joins the replies of each bridge', async () => {
  expect(await unixctl.connect(vswitchd(0).dial).request('fdb/stats-show *', 1000)).toBe(
    '== br-int\nStatistics for bridge "br-int":\n== br-ex\nrefused: no such bridge\n',
  );
});

test('unixctl is absent when the method is unknown, and failed with its text when refused', async () => {
  const connection = unixctl.connect(vswitchd(0).dial);
  await expect(connection.request('lacp/show', 1000)).rejects.toMatchObject({ why: 'absent' });
  const refusing = unixctl.connect(rpcDaemon(() => ({ error: 'no such bridge\n' })).dial);
  await expect(refusing.request('fdb/show br-x', 1000)).rejects.toMatchObject({
    why: 'failed',
    message: 'no such bridge',
  });
});

test('unixctl sends one request only when a daemon is unresponsive', async () => {
  let frozen = true;
  const held: (() => void)[] = [];
  const daemon = rpcDaemon(({ method }) => {
    if (!frozen) return { result: method };
    held.push(() => daemon.say({ id: 0, result: 'late', error: null }));
    return 'silence';
  });
  const connection = unixctl.connect(daemon.dial);
  const replies = Array.from({ length: 200 }, (_, i) =>
    connection.request(i === 0 ? 'upcall/show' : 'memory/show', 30),
  );
  const ends = await Promise.allSettled(replies);
  expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
  expect(ends.at(-1)).toMatchObject({
    reason: { why: 'timeout', message: expect.stringContaining('no reply to upcall/show for') as string },
  });
  expect(daemon.asked).toHaveLength(1);
  expect(daemon.dials()).toBe(1);
  frozen = false;
  for (const answer of held) answer();
  expect(await connection.request('coverage/show', 1000)).toBe('coverage/show');
  expect(daemon.asked).toHaveLength(2);
});

test('unixctl fails the request and redials when the connection is lost', async () => {
  const daemon = rpcDaemon(({ method }) => (method === 'upcall/show' ? 'silence' : { result: 'ok' }));
  const connection = unixctl.connect(daemon.dial);
  const pending = connection.request('upcall/show', 5000);
  await vi.waitFor(() => expect(daemon.asked).toHaveLength(1));
  daemon.hangUp();
  await expect(pending).rejects.toMatchObject({ why: 'failed', message: 'the connection was closed' });
  expect(await connection.request('memory/show', 1000)).toBe('ok');
  expect(daemon.dials()).toBe(2);
});

test('unixctl fails when the reply is garbage', async () => {
  const daemon = rpcDaemon(() => 'silence');
  const connection = unixctl.connect(async () => {
    const pipe = await daemon.dial();
    (pipe.stdout as NodeJS.ReadableStream & { write: (text: string) => void }).write('SSH-2.0-OpenSSH\r\n');
    return pipe;
  });
  await expect(connection.request('upcall/show', 1000)).rejects.toMatchObject({
    why: 'failed',
    message: expect.stringContaining('not a JSON object') as string,
  });
});
