import { describe, expect, test } from 'vitest';
import { columnName } from '../../src/exports/column-name.ts';
import { paneTable, tableEntries, type PaneTable } from '../../src/exports/pane-table.ts';
import { tableText } from '../../src/exports/table-text.ts';
import { openRecording } from '../../src/recording/open-recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { panes, sources } from '../../src/subsystems/index.ts';
import { paneAt } from '../../src/ui/kit/pane-at.ts';
import { hostArchive, hostNames } from '../helpers/hosts.ts';

/** A recorded host at its last moment; disposal stops it. */
async function at(name: string) {
  const recording = await openRecording(hostArchive(name), sources, 'elsewhere');
  const session = await ReplaySession.open({ recording, sources, findings: [], clock: () => 0, fromMs: Infinity });
  return { session, atMs: session.player.positionMs(), [Symbol.asyncDispose]: () => session.stop() };
}

test.each(hostNames)('paneTable names each column of %s once, and a row has a value for each', async (name) => {
  await using host = await at(name);
  const entries = tableEntries(panes, host);
  expect(entries.some(({ rows }) => rows !== undefined)).toBe(true);
  for (const { table } of entries) {
    const { columns, rows } = paneTable(panes, host, table);
    const names = columns.map((column) => column.name);
    expect(names, `in ${table}`).toEqual([...new Set(names)]);
    for (const one of names) expect(one, `in ${table}`).toMatch(/^[a-z\d]+(?:_[a-z\d]+)*$/);
    for (const row of rows) expect(row, `in ${table}`).toHaveLength(names.length);
  }
});

test.each(hostNames)('columns of %s have a unit when they are measured', async (name) => {
  await using host = await at(name);
  for (const pane of panes) {
    const { model, sections } = paneAt(pane, host.session.timeline.moment(pane.needs, host.atMs));
    if (pane.presence(model) !== 'present') continue;
    for (const section of sections())
      for (const { id, measure, unit } of section.kind === 'table' ? section.columns : [])
        expect(measure === undefined || unit !== undefined, `${pane.id}.${section.id} ${id}`).toBe(true);
  }
});

describe('paneTable', () => {
  test('sorts figures downwards and filters by texts when asked', async () => {
    await using host = await at('storage-host');
    const all = paneTable(panes, host, 'hardware.disks', { sort: 'size_bytes', columns: ['disk', 'size_bytes'] });
    const sizes = all.rows.flatMap(([, size]) => (typeof size === 'number' ? [size] : []));
    expect(sizes.length).toBeGreaterThan(3);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    const [first] = all.rows[0] ?? [];
    const one = paneTable(panes, host, 'hardware.disks', { filter: (text) => text.includes(String(first)), limit: 1 });
    expect(one.rows[0]?.[0]).toBe(first);
    expect(one.rows).toHaveLength(1);
    expect(one.matching).toBeLessThan(all.matching);
  });

  test('throws with the names that exist when a pane, a table or a column does not', async () => {
    await using host = await at('storage-host');
    const of =
      (name: string, query = {}) =>
      () =>
        paneTable(panes, host, name, query);
    expect(of('hardwar.disks')).toThrow('no pane "hardwar"; did you mean "hardware"?');
    expect(of('hardware.dsks')).toThrow(/^no table "hardware\.dsks"; hardware has hardware\.disks, /);
    expect(of('hardware.disks', { sort: 'x' })).toThrow(
      /^no column "x" in hardware\.disks, which has disk, util_percent/,
    );
  });

  test('has the state of a pane in place of rows when its subsystem is not there', async () => {
    await using host = await at('bare-kernel');
    expect(paneTable(panes, host, 'ceph.osds')).toMatchObject({ rows: [], matching: 0, empty: expect.any(String) });
  });
});

test.each([
  ['util', '%util', 'percent', 'util_percent'],
  ['memoryPct', 'MEM%', 'percent', 'memory_percent'],
  ['rbytes', 'rB/s', 'bytes', 'rbytes_per_second'],
  ['rxBytes', 'RX B/S', 'bytes', 'rx_bytes_per_second'],
  ['readMs', 'read', 'ms', 'read_ms'],
  ['pps', 'PKT/S', 'number', 'pps'],
  ['speed', 'speed', 'Mbit/s', 'speed_mbit_per_second'],
  ['up', 'UP', 's', 'up_seconds'],
  ['what', 'model', undefined, 'what'],
] as const)('columnName of %s (%s, %s) is %4$s', (id, title, unit, name) => {
  expect(columnName({ id, title, ...(unit && { unit }) })).toBe(name);
});

const table: PaneTable = {
  table: 'a.b',
  title: 'A: b',
  columns: [
    { name: 'name', about: 'Name.' },
    { name: 'size_kib', about: 'Size.' },
  ],
  rows: [
    ['=cmd|"x"!A1, y', 1.5],
    ['-1', undefined],
  ],
  texts: [
    ['=cmd|"x"!A1, y', '1.5K'],
    ['-1', '—'],
  ],
  matching: 2,
};

describe('tableText', () => {
  test('writes CSV without formulas when names of the host begin as one', () => {
    expect(tableText(table, 'csv')).toBe(`name,size_kib\n"'=cmd|""x""!A1, y",1.5\n'-1,\n`);
  });

  test('writes unknown as null when the format is JSON', () => {
    expect(tableText(table, 'ndjson')).toBe(
      '{"name":"=cmd|\\"x\\"!A1, y","size_kib":1.5}\n{"name":"-1","size_kib":null}\n',
    );
    expect(JSON.parse(tableText(table, 'json'))).toMatchObject({ table: 'a.b', matching: 2, rows: [{ size_kib: 1.5 }, { size_kib: null }] }); // prettier-ignore
  });

  test('aligns figures to the right when the format is text, and names the state without rows', () => {
    expect(tableText(table, 'text')).toBe(
      'name            size_kib\n=cmd|"x"!A1, y      1.5K\n-1                     —\n',
    );
    expect(tableText({ ...table, rows: [], texts: [], empty: 'not present' }, 'text')).toBe('A: b: not present\n');
  });
});
