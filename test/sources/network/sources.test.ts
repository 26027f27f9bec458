import { describe, expect, test } from 'vitest';
import { links } from '../../../src/sources/network/links.ts';
import { protocolCounters } from '../../../src/sources/network/protocols.ts';
import { listeners, qdiscs } from '../../../src/sources/network/queues.ts';
import { addresses, neighbours, routes } from '../../../src/sources/network/routing.ts';

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

describe('dumps', () => {
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
