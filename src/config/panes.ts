import type { PaneSettings, TableSettings, ViewSettings } from '../ui/view-settings.ts';
import { PANE_IDS, paneProblem } from './pane-ids.ts';
import { isTable, TomlTable, unknownSetting, type ConfigFile, type Values } from './toml-table.ts';

export const PANES_SETTINGS = ['order', 'hidden'] as const;
export const PANE_SETTINGS = ['focus', 'zoomed'] as const;
export const TABLE_SETTINGS = ['columns', 'hide', 'sort', 'descending', 'filter', 'tree', 'group'] as const;

/** Settings of panes of a file: `[panes]`, `[panes.ceph]`, `[panes.ceph.osds]`. Throws a ConfigError. */
export function parsePanes(root: Values, file: ConfigFile): ViewSettings {
  const whole = new TomlTable(root, file, '');
  const table = whole.table('panes');
  const { values } = table;
  const panes: Record<string, PaneSettings> = {};
  for (const [name, value] of Object.entries(values)) {
    if (PANES_SETTINGS.some((known) => known === name)) continue;
    if (!isTable(value))
      return table.fail(name, unknownSetting(`panes.${name}`, name, [...PANES_SETTINGS, ...PANE_IDS]));
    const unknown = paneProblem(name);
    if (unknown !== undefined) return whole.fail(`panes.${name}`, unknown);
    panes[name] = paneOf(value, file, `panes.${name}`);
  }
  return { order: paneIds(table, 'order'), hidden: paneIds(table, 'hidden'), panes };
}

function paneIds(table: TomlTable, key: (typeof PANES_SETTINGS)[number]): readonly string[] {
  const ids = table.texts(key) ?? [];
  const [problem] = ids.flatMap((id) => paneProblem(id) ?? []);
  return problem === undefined ? ids : table.fail(key, problem);
}

function paneOf(values: Values, file: ConfigFile, of: string): PaneSettings {
  const table = new TomlTable(values, file, of);
  const sections = Object.entries(values).filter(([, value]) => isTable(value));
  table.known([...PANE_SETTINGS, ...sections.map(([name]) => name)]);
  return {
    focus: table.text('focus'),
    zoomed: table.flag('zoomed'),
    tables: Object.fromEntries(
      sections.map(([name, value]) => [name, tableOf(isTable(value) ? value : {}, file, `${of}.${name}`)]),
    ),
  };
}

function tableOf(values: Values, file: ConfigFile, of: string): TableSettings {
  const table = new TomlTable(values, file, of);
  table.known(TABLE_SETTINGS);
  return {
    columns: table.texts('columns'),
    hide: table.texts('hide'),
    sort: table.text('sort'),
    descending: table.flag('descending'),
    filter: table.text('filter'),
    tree: table.flag('tree'),
    group: table.text('group'),
  };
}

const written = <Settings extends object>(settings: Settings): Settings =>
  // The same object without its missing fields.
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Settings;

/** Settings of one file over those of another, each setting by itself. */
export function overlaid(under: ViewSettings, over: ViewSettings): ViewSettings {
  const ids = new Set([...Object.keys(under.panes), ...Object.keys(over.panes)]);
  return {
    order: over.order.length > 0 ? over.order : under.order,
    hidden: over.hidden.length > 0 ? over.hidden : under.hidden,
    panes: Object.fromEntries([...ids].map((id) => [id, overlaidPane(under.panes[id], over.panes[id])])),
  };
}

function overlaidPane(under: PaneSettings = { tables: {} }, over: PaneSettings = { tables: {} }): PaneSettings {
  const ids = new Set([...Object.keys(under.tables), ...Object.keys(over.tables)]);
  return {
    ...written(under),
    ...written(over),
    tables: Object.fromEntries(
      [...ids].map((id) => [id, { ...written(under.tables[id] ?? {}), ...written(over.tables[id] ?? {}) }]),
    ),
  };
}

/** Settings that a file sets and that differ in others: `panes.ceph.osds.sort`. */
export function overrides(file: ViewSettings, other: ViewSettings): readonly string[] {
  const differ = (path: string, a: object, b: object) =>
    Object.entries(written(a)).flatMap(([key, value]) =>
      key === 'tables' || JSON.stringify(value) === JSON.stringify((b as Values)[key]) ? [] : [`${path}.${key}`],
    );
  return [
    ...differ('panes', { ...(file.order.length > 0 && { order: file.order }), ...(file.hidden.length > 0 && { hidden: file.hidden }) }, other), // prettier-ignore
    ...Object.entries(file.panes).flatMap(([id, pane]) => [
      ...differ(`panes.${id}`, pane, other.panes[id] ?? {}),
      ...Object.entries(pane.tables).flatMap(([section, table]) =>
        differ(`panes.${id}.${section}`, table, other.panes[id]?.tables[section] ?? {}),
      ),
    ]),
  ];
}
