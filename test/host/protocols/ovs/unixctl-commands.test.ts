import { describe, expect, test } from 'vitest';
import type { Run } from '../../../../src/host/protocols/cli-fallback.ts';
import { unixctl } from '../../../../src/host/protocols/ovs/unixctl.ts';
import { missing } from '../../../../src/host/host.ts';

const SOCKET = '/var/run/openvswitch/ovs-vswitchd.812.ctl';
const DUMP = 'ufid:60f4766b-6636-4322-9d05-0478a02f421f, recirc_id(0), packets:1, bytes:2, used:never, actions:drop\n';

/** Host with these commands and their output. */
function onHost(printed: Readonly<Record<string, string>>, program = 'ovs-appctl') {
  const ran: string[] = [];
  const run: Run = async (argv) => {
    ran.push(argv.join(' '));
    if (argv[0] !== program) return missing('absent', `${argv[0]}: not there`);
    const value = printed[argv.slice(5).join(' ')];
    return value === undefined ? missing('failed', `${program}: exit 2`) : { ok: true, value, at: 1, tookMs: 1 };
  };
  const ask = (request: string, to = SOCKET) =>
    unixctl.fallback?.(to, request)?.reply(run) ?? Promise.reject(new Error());
  return { ran, ask };
}

test('unixctl fallback runs ovs-appctl with a timeout', async () => {
  const { ask, ran } = onHost({ 'upcall/show': 'netdev@ovs-netdev:\n' });
  expect(await ask('upcall/show')).toBe('netdev@ovs-netdev:\n');
  expect(ran).toEqual([`ovs-appctl -T 3 -t ${SOCKET} upcall/show`]);
});

test('unixctl fallback counts before it dumps', async () => {
  const few = onHost({
    'dpctl/dump-dps': 'netdev@ovs-netdev\n',
    'dpctl/show netdev@ovs-netdev': '  flows: 12\n',
    'dpctl/dump-flows -m netdev@ovs-netdev': DUMP,
  });
  expect(await few.ask('dpctl/dump-flows -m cap=4096')).toBe(`== netdev@ovs-netdev\n${DUMP}`);
  const many = onHost({
    'dpctl/dump-dps': 'netdev@ovs-netdev\n',
    'dpctl/show netdev@ovs-netdev': '  flows: 200000\n',
    'dpctl/dump-flows -m netdev@ovs-netdev': DUMP,
  });
  expect(await many.ask('dpctl/dump-flows -m cap=4096')).toContain('not read: 200000 flows');
  expect(many.ran.some((words) => words.includes('dump-flows'))).toBe(false);
});

test('unixctl fallback asks each bridge, except when a name looks like an option', async () => {
  const { ask, ran } = onHost({
    'ofproto/list': 'br-int\n--exit\nbr-ex\nbr x\n',
    'fdb/stats-show br-int': 'Statistics\n',
  });
  expect(await ask('fdb/stats-show *')).toBe(
    '== br-int\nStatistics\n== br-ex\nrefused: fdb/stats-show: ovs-appctl: exit 2\n',
  );
  expect(ran.map((words) => words.split(' ').slice(5).join(' '))).toEqual([
    'ofproto/list',
    'fdb/stats-show br-int',
    'fdb/stats-show br-ex',
  ]);
});

test('unixctl fallback runs ovn-appctl or that of the snap when ovs-appctl is absent', async () => {
  const central = onHost({ status: 'Status: active\n' }, 'ovn-appctl');
  expect(await central.ask('status', '/var/run/ovn/ovn-northd.7.ctl')).toBe('Status: active\n');
  const snap = onHost({ 'upcall/show': 'x\n' }, 'microovn.ovs-appctl');
  expect(await snap.ask('upcall/show', '/var/snap/microovn/common/run/switch/ovs-vswitchd.1.ctl')).toBe('x\n');
  const none = onHost({}, 'docker');
  await expect(none.ask('upcall/show')).rejects.toMatchObject({ why: 'absent' });
  expect(none.ran.map((words) => words.split(' ')[0])).toEqual(['ovs-appctl', 'ovn-appctl']);
});

describe('period of a fallback', () => {
  const seconds = (request: string) => unixctl.fallback?.(SOCKET, request)?.everySeconds;
  test.each([
    ['upcall/show', 10],
    ['dpctl/dump-flows -m cap=4096', 20],
    ['memory/show', 60],
    ['bridge/dump-flows br-int cap=20000', 3],
    ['dpctl/dump-flows -m filter=in_port=vnet0', 3],
    ['ofproto/trace netdev in_port(1)', 3],
  ])('%s: every %i s', (request, every) => {
    expect(seconds(request)).toBe(every);
  });
});
