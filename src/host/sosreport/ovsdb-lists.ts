import { json } from '../../lib/json.ts';
import { lines, toNumber } from '../../lib/lines.ts';

/** Row by column, values as in RFC 7047, 5.1. */
type Row = Readonly<Record<string, unknown>>;
/** UUID → row. */
export type Rows = ReadonlyMap<string, Row>;
export type ShownTables = ReadonlyMap<string, Rows>;

const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/;

/** Rows of `ovs-vsctl list`, `ovn-nbctl list`, `ovn-sbctl list`: `_uuid : …`, a column per line, a blank line after each row. */
export function listedRows(text: string): Rows {
  const rows = new Map<string, Row>();
  for (const block of text.split(/\n\s*\n/)) {
    const row: Record<string, unknown> = {};
    for (const line of lines(block)) {
      const [, column, value] = /^(\w+) *: (.*)$/.exec(line) ?? [];
      if (column !== undefined && value !== undefined) row[column] = valueOf(value.trim());
    }
    const { _uuid: id, ...columns } = row;
    if (Array.isArray(id) && typeof id[1] === 'string') rows.set(id[1], columns);
  }
  return rows;
}

/** Tables of `ovsdb-client -f list dump`, each below `NAME table`. */
export function dumpedTables(text: string): ReadonlyMap<string, Rows> {
  const parts = text.split(/^(\w+) table$/m).slice(1);
  return new Map(
    parts.flatMap((name, index) => (index % 2 === 0 ? [[name, listedRows(parts[index + 1] ?? '')] as const] : [])),
  );
}

/** Value of a column: `[a, b]`, `{key=value}`, or an atom; strings that look like another kind are quoted. */
function valueOf(text: string): unknown {
  const inner = text.slice(1, -1);
  if (text.startsWith('[') && text.endsWith(']')) return ['set', split(inner).map(atomOf)];
  if (text.startsWith('{') && text.endsWith('}'))
    return [
      'map',
      split(inner).flatMap((pair) => {
        const [, key, value] = /^("(?:[^"\\]|\\.)*"|[^=]*)=(.*)$/s.exec(pair) ?? [];
        return key === undefined || value === undefined ? [] : [[atomOf(key), atomOf(value)]];
      }),
    ];
  return atomOf(text);
}

/** Members between commas outside of quotes. Not one regular expression, which needs quadratic time on quotes without end. */
function split(text: string): readonly string[] {
  const members: string[] = [];
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (isQuoted && character === '\\') at++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (at >= text.length || (character === ',' && !isQuoted)) {
      const member = text.slice(from, at).trim();
      if (member !== '') members.push(member);
      from = at + 1;
    }
  }
  return members;
}

function atomOf(text: string): unknown {
  if (text.startsWith('"')) return json(text) ?? text;
  if (UUID.test(text)) return ['uuid', text];
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d/.test(text) ? (toNumber(text) ?? text) : text;
}

/** Longest line of `show`: names and options. */
const MAX_LINE = 20_000;

/** Line of `show` with those indented below it. */
interface Branch {
  readonly head: string;
  readonly below: Branch[];
}

function branches(text: string): readonly Branch[] {
  const root: Branch = { head: '', below: [] };
  const open: { readonly indent: number; readonly branch: Branch }[] = [{ indent: -1, branch: root }];
  for (const line of lines(text)) {
    const head = line.trim();
    if (head === '' || line.length > MAX_LINE) continue;
    const indent = line.search(/\S/);
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
    const branch = { head, below: [] };
    open.at(-1)?.branch.below.push(branch);
    open.push({ indent, branch });
  }
  return root.below;
}

/** `Bridge "br-int"`: the name, where the line is of that kind. */
const nameIn = ({ head }: Branch, kind: string): string | undefined => {
  const name = head.startsWith(`${kind} `) ? head.slice(kind.length + 1).trim() : undefined;
  return name === undefined ? undefined : String(atomOf(name));
};

/** `fail_mode: secure`, of the lines right below. */
const columnsOf = ({ below }: Branch): Row =>
  Object.fromEntries(
    below.flatMap(({ head }) => {
      const [, column, value] = /^([\w-]+): (.*)$/.exec(head) ?? [];
      return column === undefined || value === undefined ? [] : [[column, valueOf(value)]];
    }),
  );

const refs = (ids: readonly string[]) => ['set', ids.map((id) => ['uuid', id])];

/** Tables of `ovs-vsctl show`, `ovn-nbctl show`, `ovn-sbctl show`; ids are made of the names. */
export function shownTables(database: string, text: string): ShownTables {
  const tables = new Map<string, Map<string, Row>>();
  const add = (table: string, id: string, row: Row): string => {
    const rows = tables.get(table) ?? new Map<string, Row>();
    tables.set(table, rows.set(id, row));
    return id;
  };
  const all = branches(text);
  if (database === 'Open_vSwitch') switchTables(all, add);
  else if (database === 'OVN_Northbound') northTables(all, add);
  else southTables(all, add);
  return tables;
}

type Add = (table: string, id: string, row: Row) => string;

function switchTables(all: readonly Branch[], add: Add): void {
  const root = all.find(({ head }) => UUID.test(head));
  if (!root) return;
  const targets = (of: Branch, kind: string) =>
    of.below.flatMap((one) => {
      const target = nameIn(one, kind);
      return target === undefined ? [] : [add(kind, `${of.head} ${target}`, { target, ...columnsOf(one) })];
    });
  const bridges = root.below.flatMap((bridge) => {
    const name = nameIn(bridge, 'Bridge');
    if (name === undefined) return [];
    const ports = bridge.below.flatMap((port) => {
      const portName = nameIn(port, 'Port');
      if (portName === undefined) return [];
      const interfaces = port.below.flatMap((one) => {
        const own = nameIn(one, 'Interface');
        return own === undefined ? [] : [add('Interface', own, { name: own, ...columnsOf(one) })];
      });
      return [add('Port', portName, { name: portName, ...columnsOf(port), interfaces: refs(interfaces) })];
    });
    const controller = refs(targets(bridge, 'Controller'));
    return [add('Bridge', name, { name, ...columnsOf(bridge), ports: refs(ports), controller })];
  });
  targets(root, 'Manager');
  add('Open_vSwitch', root.head, { ...columnsOf(root), bridges: refs(bridges) });
}

/** `switch 2ee8fcb7-… (neutron-net)`, `port 6f1b (aka vm)` with `addresses: ["fa:16:3e:…"]`. */
function northTables(all: readonly Branch[], add: Add): void {
  for (const one of all) {
    const [, kind, id, name] = /^(switch|router) (\S+)(?: \(([^)]*)\))?/.exec(one.head) ?? [];
    if (kind === undefined || id === undefined) continue;
    const table = kind === 'switch' ? 'Logical_Switch' : 'Logical_Router';
    const ports = one.below.flatMap((port) => {
      const own = nameIn(port, 'port')?.replace(/ \(aka .*\)$/, '');
      return own === undefined ? [] : [add(`${table}_Port`, own, { name: own, ...columnsOf(port) })];
    });
    add(table, id, { name: name?.replace(/\) \(aka .*$/, '') ?? '', ports: refs(ports) });
  }
  if (all.length > 0) add('NB_Global', 'show', {});
}

/** `Chassis "id"` with its host name, encapsulation and `Port_Binding "name"`. */
function southTables(all: readonly Branch[], add: Add): void {
  for (const one of all) {
    const name = nameIn(one, 'Chassis');
    if (name === undefined) continue;
    add('Chassis', name, { name, ...columnsOf(one) });
    for (const below of one.below) {
      const port = nameIn(below, 'Port_Binding');
      const type = nameIn(below, 'Encap');
      if (port !== undefined) add('Port_Binding', port, { logical_port: port, chassis: ['uuid', name] });
      if (type !== undefined) add('Encap', `${name} ${type}`, { type, chassis_name: name, ...columnsOf(below) });
    }
  }
  if (all.length > 0) add('SB_Global', 'show', {});
}
