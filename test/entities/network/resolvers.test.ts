import { describe, expect, test } from 'vitest';
import { resolverStates } from '../../../src/entities/network/resolvers.ts';
import type { DnsSocket, Resolvers } from '../../../src/sources/network/resolvers.ts';
import type { NeighbourTable } from '../../../src/sources/network/routing.ts';
import type { Seen } from '../../../src/timeline/moment.ts';
import { seen } from '../../helpers/seen.ts';

const SERVER = '192.0.2.53';
const socket = (inode: number, fields: Partial<DnsSocket> = {}): DnsSocket => ({
  local: '10.0.0.7',
  localPort: 40_000 + inode,
  remote: SERVER,
  remotePort: 53,
  unreadBytes: 0,
  uid: 0,
  inode,
  ...fields,
});
const sample = (fields: Partial<Resolvers> = {}): Resolvers => ({ servers: [SERVER], lookups: [], listening: [], ...fields }); // prettier-ignore

/** Readings, 2 s apart. */
const watched = (...samples: readonly Resolvers[]): Seen<Resolvers | undefined> => ({
  ...seen<Resolvers | undefined>(samples.at(-2), samples.at(-1), 2),
  history: samples.map((one, i) => ({ sample: one, at: 100 + 2 * i, wallMs: 0, missing: {}, tookMs: 1 })),
});
const table = (state: string, failedSeconds?: number): NeighbourTable => ({
  items: [{ index: 2, address: SERVER, mac: undefined, state, failedSeconds }],
  all: 1,
  limit: 1024,
});
const NO_TABLE = seen<NeighbourTable | undefined>(undefined, undefined, 2);
const states = (all: Seen<Resolvers | undefined>, neighbours = NO_TABLE) => resolverStates(all, neighbours);

describe('resolverStates', () => {
  const held = [1, 2, 3].map(() => sample({ lookups: [socket(7)] }));

  test('resolverStates counts a lookup when its socket is there for 3 s', () => {
    expect(states(watched(...held))).toMatchObject([{ address: SERVER, waiting: 1, waitingSeconds: 4 }]);
    expect(states(watched(...held.slice(1)))).toMatchObject([{ waiting: 0 }]);
  });

  test('resolverStates leaves out lookups that come and go, and those with a reply', () => {
    const turns = [1, 2, 3].map((inode) => sample({ lookups: [socket(inode)] }));
    expect(states(watched(...turns))).toMatchObject([{ waiting: 0 }]);
    const read = held.map(() => sample({ lookups: [socket(7, { unreadBytes: 512 })] }));
    expect(states(watched(...read))).toMatchObject([{ waiting: 0 }]);
  });

  test('resolverStates takes an IPv4 address in IPv6 for the same', () => {
    const mapped = held.map(() => sample({ lookups: [socket(7, { remote: `::ffff:${SERVER}` })] }));
    expect(states(watched(...mapped))).toMatchObject([{ waiting: 1 }]);
  });

  test('resolverStates leaves out a socket that its program keeps', () => {
    const samples = Array.from({ length: 40 }, () => sample({ lookups: [socket(7)] }));
    expect(states(watched(...samples.slice(0, 31)))).toMatchObject([{ waiting: 1, waitingSeconds: 60 }]);
    expect(states(watched(...samples))).toMatchObject([{ waiting: 0, waitingSeconds: 0 }]);
  });

  test('resolverStates does not miss the server of Docker, whose port is translated', () => {
    expect(states(watched(sample({ servers: ['127.0.0.11'] })))).toMatchObject([{ hasNoServer: false }]);
  });

  test.each([
    ['127.0.0.53', '127.0.0.53', false],
    ['127.0.0.53', '0.0.0.0', false],
    ['127.0.0.53', '::', false],
    ['::1', '0.0.0.0', true],
    ['127.0.0.53', '127.0.0.54', true],
  ])('resolverStates of %s with a server at %s has none: %s', (address, local, hasNoServer) => {
    const listening = [socket(1, { local, localPort: 53, remote: '0.0.0.0', remotePort: 0 })];
    expect(states(watched(sample({ servers: [address], listening })))).toMatchObject([{ hasNoServer }]);
  });

  test('resolverStates knows nothing where sockets were not read', () => {
    const unread = sample({ servers: ['127.0.0.53'], lookups: undefined, listening: undefined });
    expect(states(watched(unread))).toMatchObject([{ waiting: undefined, hasNoServer: false }]);
  });

  test('resolverStates has a neighbour that failed, or did not resolve twice', () => {
    const neighbour = (before: string, now: string) =>
      states(watched(sample()), seen<NeighbourTable | undefined>(table(before), table(now), 5))[0]?.neighbour;
    expect(neighbour('STALE', 'FAILED')).toBe('FAILED');
    expect(neighbour('STALE', 'INCOMPLETE')).toBeUndefined();
    expect(neighbour('INCOMPLETE', 'INCOMPLETE')).toBe('INCOMPLETE');
    const failed = (seconds: number) =>
      states(watched(sample()), seen<NeighbourTable | undefined>(undefined, table('FAILED', seconds), 5))[0]?.neighbour;
    expect([failed(3), failed(600)]).toEqual(['FAILED', undefined]);
  });
});
