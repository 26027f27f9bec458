import { expect, test } from 'vitest';
import { ovsdb } from '../../../../src/host/protocols/ovs/ovsdb.ts';
import type { Run } from '../../../../src/host/protocols/cli-fallback.ts';
import { missing } from '../../../../src/host/host.ts';
import { ovsDb } from '../../../../src/sources/ovs/db.ts';

const SOCKET = '/var/run/openvswitch/db.sock';
// A version that knows neither ports nor managers, and no `bfd_status` of interfaces.
const SCHEMA = {
  tables: {
    Open_vSwitch: { columns: { ovs_version: {}, external_ids: {} } },
    Bridge: { columns: { name: {}, ports: {} } },
    Interface: { columns: { name: {}, ofport: {}, error: {} } },
    SSL: { columns: { private_key: {} } },
  },
};
const ROWS = [
  { rows: [{ _uuid: ['uuid', 'u-0'], ovs_version: '3.1.0', external_ids: ['map', [['system-id', 'lab']]] }] },
  { rows: [{ _uuid: ['uuid', 'u-1'], name: 'br-int', ports: ['set', []] }] },
  { rows: [{ _uuid: ['uuid', 'u-2'], name: 'ghost0', ofport: -1, error: 'no such device' }] },
];

function onHost(schema: unknown, answer: unknown) {
  const ran: (readonly string[])[] = [];
  const run: Run = async (argv) => {
    ran.push(argv);
    return { ok: true, value: JSON.stringify(argv[3] === 'query' ? answer : schema), at: 1, tookMs: 1 };
  };
  const { reply: ask } = ovsdb.fallback?.(SOCKET, 'tables Open_vSwitch') ?? {};
  return { ran, ask: () => ask?.(run) ?? Promise.reject(new Error('no answer at all')) };
}

test('ovsdb fallback selects columns of the schema and replies in the form of a monitor', async () => {
  const { ask, ran } = onHost(SCHEMA, ROWS);
  const text = await ask();
  expect(ran[0]).toEqual(['ovsdb-client', '-t', '3', 'get-schema', `unix:${SOCKET}`, 'Open_vSwitch']);
  expect(ran[1]?.slice(0, 5)).toEqual(['ovsdb-client', '-t', '3', 'query', `unix:${SOCKET}`]);
  const [database, ...selects] = JSON.parse(ran[1]?.[5] ?? '') as unknown[];
  expect(database).toBe('Open_vSwitch');
  expect(selects).toEqual([
    { op: 'select', table: 'Open_vSwitch', where: [], columns: ['_uuid', 'ovs_version', 'external_ids'] },
    { op: 'select', table: 'Bridge', where: [], columns: ['_uuid', 'name', 'ports'] },
    { op: 'select', table: 'Interface', where: [], columns: ['_uuid', 'name', 'ofport', 'error'] },
  ]);
  const tables = new Map([[SOCKET, { ok: true, text, tookMs: 1 } as const]]);
  const sample = ovsDb.parse({ tables, snapTables: undefined });
  expect(sample).toMatchObject({
    read: true,
    version: '3.1.0',
    systemId: 'lab',
    bridges: [{ name: 'br-int' }],
    interfaces: [{ name: 'ghost0', ofport: -1, error: 'no such device' }],
  });
});

test.each([
  [
    'a table that is refused',
    [...ROWS.slice(0, 2), { error: 'not allowed', details: 'no access' }],
    'Interface: no access',
  ],
  ['a short reply', ROWS.slice(0, 1), 'Bridge: no reply'],
  ['garbage', 'nonsense', 'Open_vSwitch: no reply'],
])('ovsdb fallback names the table or database when there is %s', async (_, answer, detail) => {
  await expect(onHost(SCHEMA, answer).ask()).rejects.toMatchObject({ why: 'failed', message: detail });
});

test('ovsdb fallback fails when the schema is another or the command is absent', async () => {
  await expect(onHost({ tables: {} }, ROWS).ask()).rejects.toMatchObject({
    message: expect.stringMatching(/schema without any of the monitored tables/),
  });
  const noCommand: Run = async () => missing('absent', 'ovsdb-client: not there');
  await expect(ovsdb.fallback?.(SOCKET, 'tables Open_vSwitch')?.reply(noCommand)).rejects.toMatchObject({
    why: 'absent',
  });
  expect(ovsdb.fallback?.(SOCKET, 'tables Hardware_VTEP')).toBeUndefined();
});
