import { describe, expect, it } from 'vitest';
import { countsText, fleetTable, type HostTable } from '../../src/exports/fleet-table.ts';
import { tableText } from '../../src/exports/table-text.ts';
import type { PaneTable } from '../../src/exports/pane-table.ts';

/** Table of settings with a figure beside each. */
const table = (rows: readonly (readonly [name: string, value: string, used: number])[]): PaneTable => ({
  table: 'kernel.settings',
  title: 'Kernel: Settings',
  columns: [
    { name: 'setting', about: 'Name.' },
    { name: 'value', about: 'Value.' },
    { name: 'used_percent', about: 'Use.' },
  ],
  rows,
  texts: rows.map(([name, value, used]) => [name, value, `${used}%`]),
  matching: rows.length,
});

const host = (name: string, ...rows: Parameters<typeof table>[0]): HostTable => ({ host: name, table: table(rows) });

const hosts: readonly HostTable[] = [
  host('node1', ['vm.swappiness', '60', 3], ['vm.max_map_count', '65530', 1]),
  host('node2', ['vm.swappiness', '60', 97], ['vm.max_map_count', '65530', 1]),
  host('node3', ['vm.swappiness', '10', 5], ['vm.max_map_count', '65530', 1]),
  { host: 'node4', failure: 'Connection refused' },
];

const texts = (one: PaneTable): readonly string[] => one.texts.map((row) => row.join(' '));

describe('fleetTable', () => {
  it('folds equal rows of hosts, with the range of their figures', () => {
    const one = fleetTable(hosts, { isFolded: true, onlyDifferent: false });
    expect(texts(one)).toEqual([
      'node[1-2] 2 vm.swappiness 60 3%…97%',
      'node3 1 vm.swappiness 10 5%',
      'node[1-3] 3 vm.max_map_count 65530 1%',
    ]);
    expect(countsText(one.counts)).toBe('2 alike, 1 differ, 1 failed');
  });

  it('leaves out what all hosts have alike', () => {
    const one = fleetTable(hosts, { isFolded: true, onlyDifferent: true });
    expect(texts(one)).toEqual(['node[1-2] 2 vm.swappiness 60 3%…97%', 'node3 1 vm.swappiness 10 5%']);
  });

  it('shows a row that some hosts lack', () => {
    const one = fleetTable([host('a', ['x', '1', 0], ['y', '1', 0]), host('b', ['x', '1', 0])], { isFolded: true, onlyDifferent: true }); // prettier-ignore
    expect(texts(one)).toEqual(['a 1 y 1 0%']);
  });

  it('gives each row of each host as data, with its host first', () => {
    const one = fleetTable(hosts, { isFolded: false, onlyDifferent: false });
    expect(tableText(one, 'csv').split('\n').slice(0, 3)).toEqual([
      'host,setting,value,used_percent',
      'node1,vm.swappiness,60,3',
      'node1,vm.max_map_count,65530,1',
    ]);
    expect(one.rows).toHaveLength(6);
  });

  it('states that nothing differs, and that no host was read', () => {
    const same = fleetTable([host('a', ['x', '1', 0]), host('b', ['x', '1', 9])], { isFolded: true, onlyDifferent: true }); // prettier-ignore
    expect(tableText(same, 'text')).toBe('Kernel: Settings: no difference on 2 hosts\n');
    const none = fleetTable([{ host: 'a', failure: 'refused' }], { isFolded: true, onlyDifferent: false });
    expect(none.empty).toBe('no host was read');
    expect(countsText(none.counts)).toBe('0 alike, 1 failed');
  });
});
