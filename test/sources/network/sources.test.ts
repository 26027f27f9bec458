import { describe, expect, test } from 'vitest';
import { connections } from '../../../src/sources/network/connections.ts';
import { carrierRevision, links } from '../../../src/sources/network/links.ts';
import { peerFlows } from '../../../src/sources/network/peer-flows.ts';
import { protocolCounters } from '../../../src/sources/network/protocols.ts';
import { listeners, qdiscs, unixListeners } from '../../../src/sources/network/queues.ts';
import { addresses, neighbours, routes, routingRules } from '../../../src/sources/network/routing.ts';

const dump = (...objects: readonly object[]) => JSON.stringify({ all: objects.length, objects });

describe('protocolCounters', () => {
  test('protocolCounters parses pairs of lines and socket counts', () => {
    // Linux 6.18.
    const sample = protocolCounters.parse({
      snmp: 'Ip: Forwarding DefaultTTL InReceives\nIp: 1 64 10163\nTcp: RtoAlgorithm RtoMin MaxConn RetransSegs\nTcp: 1 200 -1 351\n',
      netstat: 'TcpExt: SyncookiesSent ListenOverflows\nTcpExt: 0 81\n',
      sockstat: 'sockets: used 250\nTCP: inuse 14 orphan 0 tw 3 alloc 27 mem 4\n',
    });
    expect(sample?.get('Ip InReceives')).toBe(10163);
    expect(sample?.get('Tcp RetransSegs')).toBe(351);
    expect(sample?.get('Tcp MaxConn')).toBeUndefined();
    expect(sample?.get('TcpExt ListenOverflows')).toBe(81);
    expect(sample?.get('TCP mem')).toBe(4);
  });

  test('protocolCounters is undefined without any file, and leaves out lines that do not pair', () => {
    expect(protocolCounters.parse({ snmp: undefined, netstat: undefined, sockstat: 'TCP: inuse 1\n' })).toBeUndefined();
    expect([
      ...(protocolCounters.parse({ snmp: 'Ip: A\nTcp: 1\n', netstat: undefined, sockstat: undefined }) ?? []),
    ]).toEqual([]);
  });
});

describe('connections', () => {
  test('connections parses peers, ports in use and UDP sockets, and leaves out rows without an address', () => {
    // As the collector on Linux 6.18 sends it.
    const sample = connections.parse({
      connections: JSON.stringify({
        states: { ESTAB: 2, 'SYN-SENT': 1 },
        whole: true,
        all: 412,
        peers: [
          ['192.0.2.7', 5432, 'to', 3, 2, 1, 0, 0, 1, 2, 1, 4, 0, 1448, 0, 612],
          [null, 1, 'to', 1],
          ['192.0.2.8', 22, 'sideways', 1],
        ],
        ports: [['192.0.2.9', '192.0.2.7', 5432, 3]],
        range: 28_232,
        udp: [['0.0.0.0', 53, 497, 0, 0, 91]],
        age: 8.2,
      }),
    });
    expect(sample?.states.get('SYN-SENT')).toBe(1);
    expect(sample?.peers).toEqual([
      {
        address: '192.0.2.7',
        port: 5432,
        side: 'to',
        sockets: 3,
        established: 2,
        opening: 1,
        closeWait: 0,
        timeWait: 0,
        unopened: 1,
        mostSyns: 2,
        retransmitting: 1,
        mostRetransmits: 4,
        probing: 0,
        unackedBytes: 1448,
        unreadBytes: 0,
        rttMs: 0.612,
      },
    ]);
    expect(sample).toMatchObject({
      allPeers: 412,
      portRange: 28_232,
      ageSeconds: 8.2,
      isWhole: true,
      ports: [{ used: 3 }],
      udp: [{ port: 53, drops: 497 }],
    });
  });

  test('connections knows no range of ports where it was not read, nor a sample without a reply', () => {
    expect(connections.parse({ connections: '{"range":0,"peers":3}' })).toMatchObject({
      portRange: undefined,
      peers: [],
    });
    expect(connections.parse({ connections: undefined })).toBeUndefined();
  });

  test('peerFlows parses tcp_info, and flows without it', () => {
    const flows = [
      ['192.0.2.9', 41_021, '192.0.2.7', 5432, 'ESTAB', 1, 4, 2980, 0, 1448, 33, 91, [612, 306, 6_400_000, 1, 9, 1, 1448, 1500, 5120]],
      ['192.0.2.9', 41_022, '192.0.2.7', 5432, 'TIME-WAIT', 3, 0, 14_660, 0, 0, 0, 0, null],
    ]; // prettier-ignore
    const sample = peerFlows.parse({ flows: JSON.stringify({ all: 2, flows }) }, peerFlows.example);
    expect(sample?.flows[0]).toMatchObject({ timer: 'retransmit', timerSeconds: 2.98, retransmits: 4, info: { rttMs: 0.612, rtoMs: 6400, cwnd: 1, pathMtuBytes: 1500, idleSeconds: 5.12 } }); // prettier-ignore
    expect(sample?.flows[1]).toMatchObject({ timer: 'time-wait', inode: undefined, info: undefined });
  });
});

describe('dumps', () => {
  test('carrierRevision changes with the carrier of a member of a bond, not with a container that starts', () => {
    const bond = { index: 5, name: 'bond0', kind: 'bond', operState: 'up', partner: '52:54:00:00:00:09' };
    const member = {
      index: 2,
      name: 'port1',
      kind: 'veth',
      master: 5,
      operState: 'up',
      carrierDowns: 0,
      aggregator: 1,
    };
    const of = (...objects: readonly object[]) => carrierRevision(links.parse({ links: dump(...objects) }));
    const before = of(bond, member);
    expect(of(bond, { ...member, stats: { rxPackets: 9 } }, { index: 9, name: 'veth9', kind: 'veth', master: 7 })).toBe(
      before,
    );
    for (const change of [{ operState: 'down' }, { carrierDowns: 1 }, { aggregator: 2 }, { mtu: 1400 }])
      expect(of(bond, { ...member, ...change })).not.toBe(before);
    expect(of({ ...bond, partner: '00:00:00:00:00:00' }, member)).not.toBe(before);
    expect(carrierRevision(undefined)).toBeUndefined();
  });

  test('unixListeners has waiting connections against the backlog, also of a socket without a name', () => {
    const text = dump({ name: '/run/x.sock', inode: 5, waiting: 3, backlog: 2, uid: 0 }, { inode: 6, waiting: 0, backlog: 0 }, { name: '@y', inode: 7 }); // prettier-ignore
    expect(unixListeners.parse({ listeners: text })?.items).toEqual([
      { name: '/run/x.sock', inode: 5, waiting: 3, backlog: 2, uid: 0 },
      { name: undefined, inode: 6, waiting: 0, backlog: 0, uid: undefined },
    ]);
  });

  test('routingRules has rules with the number of their table, and leaves out those without a priority', () => {
    const rule = { family: 4, priority: 1000, selector: 'from 10.9.0.2', action: 'lookup 100', table: 100 };
    const parse = (text: string | undefined) => routingRules.parse({ rules: text });
    expect(parse(dump(rule, { ...rule, priority: null }))?.items).toEqual([rule]);
    expect(parse(dump({ ...rule, action: 'goto 32766', table: undefined }))?.items[0]?.table).toBeUndefined();
    expect(parse(undefined)).toBeUndefined();
  });

  test('links has the link below a tunnel, not one in another namespace nor the peer of a veth', () => {
    const parse = (link: object) => links.parse({ links: dump({ index: 7, name: 'x', flags: 1, ...link }) })?.items[0];
    expect(parse({ kind: 'vxlan', id: 42, over: 2 })).toMatchObject({
      kind: 'vxlan',
      id: 42,
      lowerIndex: 2,
      isUp: true,
    });
    expect(parse({ kind: 'vlan', lower: 3, lowerNamespace: 0 })?.lowerIndex).toBeUndefined();
    expect(parse({ kind: 'veth', lower: 3 })?.lowerIndex).toBeUndefined();
    expect(parse({ stats: { rxMissedErrors: 9 } })?.counters).toMatchObject({ rxMissedErrors: 9, rxErrors: undefined });
  });

  test('routes has the hops of a multipath route', () => {
    const hops = [
      { index: 2, gateway: '192.0.2.1' },
      { index: 3, gateway: '198.51.100.1' },
    ];
    expect(routes.parse({ routes: dump({ table: 254, destination: 'default', hops }) })?.items[0]?.hops).toEqual(hops);
  });

  test('neighbours counts entries that a reply has no room for', () => {
    const text = JSON.stringify({ all: 100_000, objects: [{ index: 2, address: '192.0.2.1', state: 'STALE' }] });
    expect(neighbours.parse({ neighbours: text, limit4: '1024\n' })).toEqual({
      all: 100_000,
      limit: 1024,
      items: [{ index: 2, address: '192.0.2.1', mac: undefined, state: 'STALE' }],
    });
  });

  test('addresses has the states of an address', () => {
    const text = dump({ index: 2, address: 'fd00::2', prefix: 64, states: ['dadfailed', 7] });
    expect(addresses.parse({ addresses: text })?.items).toEqual([
      { index: 2, address: 'fd00::2', prefix: 64, states: ['dadfailed'] },
    ]);
  });

  test('qdiscs has the root of a link apart from its classes', () => {
    const text = dump(
      { index: 2, kind: 'mq', parent: 4_294_967_295, drops: 3 },
      { index: 2, kind: 'fq_codel', parent: 1 },
    );
    expect(qdiscs.parse({ qdiscs: text })?.items.map(({ kind, isRoot, drops }) => [kind, isRoot, drops])).toEqual([
      ['mq', true, 3],
      ['fq_codel', false, undefined],
    ]);
  });

  test('listeners has waiting connections against the backlog', () => {
    const text = dump({ address: '0.0.0.0', port: 80, waiting: 3, backlog: 2, uid: 0, inode: 7 }, { port: 81 });
    expect(listeners.parse({ listeners: text })?.items).toEqual([
      { address: '0.0.0.0', port: 80, waiting: 3, backlog: 2, uid: 0, inode: 7 },
    ]);
  });

  test.each([undefined, '', '[]', '{"objects":[{},null,7,{"index":-1}]}'])('dumps of %s have no objects', (text) => {
    for (const found of [
      links.parse({ links: text }),
      addresses.parse({ addresses: text }),
      routes.parse({ routes: text }),
      qdiscs.parse({ qdiscs: text }),
      listeners.parse({ listeners: text }),
    ])
      expect(found?.items ?? []).toEqual([]);
    expect(neighbours.parse({ neighbours: text, limit4: undefined })?.limit).toBeUndefined();
  });
});
