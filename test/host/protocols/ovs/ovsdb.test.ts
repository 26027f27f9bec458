import { expect, test } from 'vitest';
import {
  apply,
  changed,
  emptyOf,
  type ColumnKind,
  type Tables,
} from '../../../../src/host/protocols/ovs/ovsdb-rows.ts';
import { ovsdb } from '../../../../src/host/protocols/ovs/ovsdb.ts';
import { rpcDaemon } from '../../../helpers/rpc-daemon.ts';

const DB = '/var/run/openvswitch/db.sock';
const A = 'aaaaaaaa-0000-4000-8000-000000000001';
const B = 'bbbbbbbb-0000-4000-8000-000000000002';

const schema = {
  name: 'Open_vSwitch',
  tables: {
    Bridge: {
      columns: {
        name: { type: 'string' },
        ports: { type: { key: { type: 'uuid' }, min: 0, max: 'unlimited' } },
        external_ids: { type: { key: 'string', value: 'string', min: 0, max: 'unlimited' } },
        fail_mode: { type: { key: 'string', min: 0, max: 1 } },
      },
    },
    SSL: { columns: { private_key: { type: 'string' } } },
  },
};

const first = [
  false,
  '00000000-0000-0000-0000-000000000000',
  {
    Bridge: {
      [A]: {
        initial: {
          name: 'br-int',
          ports: ['uuid', A],
          external_ids: [
            'map',
            [
              ['a', '1'],
              ['b', '2'],
            ],
          ],
        },
      },
    },
  },
];

const server = (pieceBytes?: number) =>
  rpcDaemon(({ method, params }) => {
    if (method === 'get_schema')
      return params[0] === 'Open_vSwitch' ? { result: schema } : { error: { error: 'unknown database' } };
    if (method === 'monitor_cond_since') return { result: first };
    return method === 'echo' ? { result: params } : { error: 'unknown method' };
  }, pieceBytes);

test('ovsdb refuses other databases and remote ones', () => {
  expect(ovsdb.refusal(DB, 'tables Open_vSwitch')).toBeUndefined();
  expect(ovsdb.refusal('/run/ovn/ovnsb_db.sock', 'tables OVN_Southbound')).toBeUndefined();
  expect(ovsdb.refusal(DB, 'tables Logical_Flow')).toBeDefined();
  expect(ovsdb.refusal(DB, 'tables toString')).toBeDefined();
  expect(ovsdb.refusal(DB, 'transact')).toBeDefined();
  expect(ovsdb.refusal('/var/run/libvirt/libvirt-sock', 'tables Open_vSwitch')).toBeDefined();
  expect(ovsdb.allowed.join(' ')).not.toMatch(/private|Logical_Flow \(/);
});

test('ovsdb monitors tables once and applies updates', async () => {
  const daemon = server(5);
  const connection = ovsdb.connect(daemon.dial);
  const none = { ports: ['set', []], external_ids: ['map', []], fail_mode: ['set', []] };
  const pairs = (...all: readonly (readonly string[])[]) => ['map', all];
  // The server omits default values; they are known from the schema.
  expect(JSON.parse(await connection.request('tables Open_vSwitch', 1000))).toEqual({
    Bridge: { [A]: { ...none, name: 'br-int', ports: ['uuid', A], external_ids: pairs(['a', '1'], ['b', '2']) } },
  });
  const [, monitor] = daemon.asked;
  // Columns that the server lacks, or that are not on the list, are not requested.
  expect(monitor?.params[2]).toEqual({ Bridge: [{ columns: ['name', 'ports', 'fail_mode', 'external_ids'] }] });
  const modify = {
    ports: [
      'set',
      [
        ['uuid', A],
        ['uuid', B],
      ],
    ],
    external_ids: pairs(['a', '1'], ['b', '3'], ['c', '4']),
    fail_mode: 'secure',
  };
  const update = (rows: object) =>
    daemon.say({
      id: null,
      method: 'update3',
      params: ['Open_vSwitch', B, { Bridge: rows, SSL: { [A]: { insert: { private_key: 'x' } } } }],
    });
  update({ [A]: { modify }, [B]: { insert: { name: 'br-ex' } } });
  const text = await connection.request('tables Open_vSwitch', 1000);
  expect(JSON.parse(text)).toEqual({
    Bridge: {
      [A]: {
        name: 'br-int',
        ports: ['set', [['uuid', B]]],
        external_ids: pairs(['b', '3'], ['c', '4']),
        fail_mode: 'secure',
      },
      [B]: { ...none, name: 'br-ex' },
    },
  });
  // Without a change the reply is the same string.
  expect(await connection.request('tables Open_vSwitch', 1000)).toBe(text);
  update({ [A]: { delete: null } });
  expect(JSON.parse(await connection.request('tables Open_vSwitch', 1000))).toEqual({
    Bridge: { [B]: { ...none, name: 'br-ex' } },
  });
  expect(daemon.asked.filter(({ method }) => method === 'monitor_cond_since')).toHaveLength(1);
});

test('emptyOf gives the default value by type', () => {
  expect(emptyOf('string')).toBe('');
  expect(emptyOf('integer')).toBe(0);
  expect(emptyOf({ key: 'boolean' })).toBe(false);
  expect(emptyOf({ key: { type: 'integer', minInteger: 0 } })).toBe(0);
  expect(emptyOf({ key: 'boolean', min: 0 })).toEqual(['set', []]);
  expect(emptyOf({ key: 'string', value: 'string', min: 0, max: 'unlimited' })).toEqual(['map', []]);
});

test('JsonRpc replies to echo', async () => {
  const daemon = server();
  const connection = ovsdb.connect(daemon.dial);
  await connection.request('tables Open_vSwitch', 1000);
  daemon.say({ id: 'echo', method: 'echo', params: ['still there?'] });
  await connection.request('tables Open_vSwitch', 1000);
  expect(daemon.answers).toEqual([['still there?']]);
});

test('ovsdb applies an update when it arrives with the first reply', async () => {
  const daemon = rpcDaemon(({ method, params }) => {
    if (method === 'get_schema') return { result: schema };
    if (method === 'echo') return { result: params };
    queueMicrotask(() =>
      daemon.say({
        id: null,
        method: 'update3',
        params: ['Open_vSwitch', B, { Bridge: { [A]: { modify: { name: 'renamed' } } } }],
      }),
    );
    return { result: first };
  });
  const connection = ovsdb.connect(daemon.dial);
  await connection.request('tables Open_vSwitch', 1000);
  expect(await connection.request('tables Open_vSwitch', 1000)).toContain('renamed');
});

test('ovsdb gives no stale tables when the server is unresponsive', async () => {
  let frozen = false;
  const daemon = rpcDaemon(({ method, params }) => {
    if (frozen) return 'silence';
    if (method === 'get_schema') return { result: schema };
    return { result: method === 'echo' ? params : first };
  });
  const connection = ovsdb.connect(daemon.dial);
  await connection.request('tables Open_vSwitch', 1000);
  frozen = true;
  await expect(connection.request('tables Open_vSwitch', 30)).rejects.toMatchObject({ why: 'timeout' });
});

test('ovsdb monitors from the start when the connection was lost', async () => {
  const daemon = server();
  const connection = ovsdb.connect(daemon.dial);
  await connection.request('tables Open_vSwitch', 1000);
  daemon.hangUp();
  await new Promise((done) => setTimeout(done, 5));
  expect(await connection.request('tables Open_vSwitch', 1000)).toContain('br-int');
  expect(daemon.dials()).toBe(2);
});

test('ovsdb is absent when the server lacks the database', async () => {
  await expect(ovsdb.connect(server().dial).request('tables OVN_Southbound', 1000)).rejects.toMatchObject({
    why: 'absent',
  });
});

test('apply counts the changes of a counted column, and keeps the value before', () => {
  const tables: Tables = new Map();
  const kind: ColumnKind = { shape: 'one', empty: ['set', []] };
  const kinds = new Map([['Port_Binding', new Map([['chassis', { ...kind, counted: true }], ['up', kind]])]]); // prettier-ignore
  const update = (change: object) => apply(tables, { Port_Binding: { [A]: change } }, kinds);
  const row = () => Object.fromEntries(tables.get('Port_Binding')?.get(A) ?? []);
  update({ initial: { chassis: ['uuid', 'one'] } });
  update({ modify: { up: false } });
  expect(row()).toEqual({ chassis: ['uuid', 'one'], up: false });
  for (const chassis of [['uuid', 'two'], ['uuid', 'one'], ['set', []], ['uuid', 'two']]) update({ modify: { chassis } }); // prettier-ignore
  expect(row()).toEqual({
    chassis: ['uuid', 'two'],
    'chassis:changes': 4,
    'chassis:before': ['uuid', 'one'],
    up: false,
  });
});

test('changed applies a set by difference, and a set with max 1 as a whole', () => {
  expect(changed('set', ['uuid', A], ['uuid', B])).toEqual([
    'set',
    [
      ['uuid', A],
      ['uuid', B],
    ],
  ]);
  expect(changed('set', undefined, ['set', []])).toEqual(['set', []]);
  expect(changed('one', 'secure', ['set', []])).toEqual(['set', []]);
  expect(changed('map', ['map', [['a', '1']]], ['map', [['a', '1']]])).toEqual(['map', []]);
});
