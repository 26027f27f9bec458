import type { Fields } from '../../lib/json.ts';
import type { DaemonGlobRead } from '../host.ts';
import { ovsdbTables } from '../protocols/ovs/ovsdb-tables.ts';
import { commandFile, escaped, isFailure, type ReportCommands } from './commands.ts';
import { dumpedTables, listedRows, shownTables, type Rows, type ShownTables } from './ovsdb-lists.ts';

/** Parameters that only limit a reply. */
const LIMITS = /^(?:cap|filter)=/;
const DAEMON = /\/(ovs-vswitchd|ovn-controller|ovn-northd|ovnnb_db|ovnsb_db)\b/;

/** Reply of a daemon of Open vSwitch or OVN, from `ovs-appctl`. */
export async function appctlReply(
  { pattern, request }: DaemonGlobRead,
  commands: ReportCommands,
): Promise<string | undefined> {
  const daemon = DAEMON.exec(pattern)?.[1];
  if (daemon === undefined || request.includes('filter=')) return undefined;
  if (daemon === 'ovs-vswitchd') return vswitchdReply(request, commands);
  // `ovn-appctl -t /var/run/ovn/ovn-controller.*.ctl connection-status`: of one daemon, in any folder.
  const form = new RegExp(String.raw`^ov[sn]-appctl_-t_\S*${daemon}\S*_${escaped(commandFile(request))}$`);
  return (await commands.matching(form)).find(({ text }) => !isFailure(text))?.text;
}

async function vswitchdReply(request: string, commands: ReportCommands): Promise<string | undefined> {
  const parameters = request.split(' ').filter((word) => !LIMITS.test(word));
  // The protocol has the replies of each datapath or bridge below its name.
  const isEach = parameters.includes('*') || parameters[0] === 'dpctl/dump-flows';
  const file = commandFile(`ovs-appctl ${parameters.filter((word) => word !== '*').join(' ')}`);
  const whole = isEach ? undefined : await commands.named(file);
  if (whole !== undefined) return isFailure(whole) ? undefined : whole;
  // sos runs one command per datapath and bridge, with more options: `dpctl/show -s system@ovs-system`.
  const parts = [...(await commands.outputs(`${file}_`))].filter(([, text]) => !isFailure(text));
  if (parts.length === 0) return undefined;
  return parts.map(([of, text]) => (isEach ? headed(of, text) : text)).join('');
}

/** `== system@ovs-system`: the name of a file has `_` in place of `@`. */
const headed = (of: string, text: string): string =>
  text.startsWith('== ')
    ? text
    : `== ${of.replace(/^(system|netdev)_/, '$1@')}\n${text.endsWith('\n') ? text : `${text}\n`}`;

const DATABASES = [
  { socket: '/db.sock', name: 'Open_vSwitch', tool: 'ovs-vsctl' },
  { socket: '/ovnnb_db.sock', name: 'OVN_Northbound', tool: 'ovn-nbctl' },
  { socket: '/ovnsb_db.sock', name: 'OVN_Southbound', tool: 'ovn-sbctl' },
] as const;

/**
 * Tables of a database as JSON, from `list TABLE`, else `ovsdb-client dump`, else `show` (which alone has the ports of a bridge,
 * since sos does not list Port).
 */
export async function databaseReply(
  { pattern }: DaemonGlobRead,
  commands: ReportCommands,
): Promise<string | undefined> {
  const database = DATABASES.find(({ socket }) => pattern.endsWith(socket));
  if (database === undefined) return undefined;
  const { name, tool } = database;
  const columns = ovsdbTables[name] ?? {};
  const printed = async (form: string): Promise<string | undefined> =>
    (await commands.matching(new RegExp(`^${tool}_(?:-\\S*_)?${form}$`, 'i'))).find(({ text }) => !isFailure(text))
      ?.text;
  const dumped = dumpedTables(await dumpOf(name, commands));
  const listed = new Map<string, Rows>();
  for (const table of Object.keys(columns)) {
    const text = await printed(`list_${table}`);
    const rows = text === undefined ? dumped.get(table) : listedRows(text);
    if (rows !== undefined) listed.set(table, rows);
  }
  const isWhole = name === 'Open_vSwitch' ? listed.has('Port') : listed.size > 0;
  const shown = isWhole ? new Map<string, Rows>() : shownTables(name, (await printed('show')) ?? '');
  const tables = Object.entries(joined(listed, shown)).flatMap(([table, rows]) => {
    const known = columns[table];
    return known ? [[table, Object.fromEntries([...rows].map(([id, row]) => [id, only(row, known)]))] as const] : [];
  });
  return tables.length === 0 ? undefined : JSON.stringify(Object.fromEntries(tables));
}

async function dumpOf(name: string, commands: ReportCommands): Promise<string> {
  const dumps = await commands.matching(/^ovsdb-client_-f_list_dump(?:_(?:\S*_)?(Open_vSwitch|OVN_\w+bound))?$/);
  return dumps.find(({ match, text }) => (match[1] ?? 'Open_vSwitch') === name && !isFailure(text))?.text ?? '';
}

/** Columns of the protocol: keys and certificates are in others. */
const only = (row: Fields, columns: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(row).filter(([column]) => columns.includes(column)));

/** Rows of `show`, which has the ports of bridges, with the columns that `list` has for them. */
function joined(listed: ReadonlyMap<string, Rows>, shown: ShownTables): Readonly<Record<string, Rows>> {
  const tables: Record<string, Rows> = Object.fromEntries(listed);
  for (const [table, rows] of shown) {
    const byName = new Map([...(listed.get(table)?.values() ?? [])].map((row) => [nameOf(row), row]));
    // References of `show` are to its ids.
    tables[table] = new Map(
      [...rows].map(([id, row]) => [id, { ...row, ...byName.get(nameOf(row)), ...references(row) }]),
    );
  }
  return tables;
}

const nameOf = (row: Fields): unknown => row['name'] ?? row['target'];

const references = (row: Fields): Fields =>
  Object.fromEntries(Object.entries(row).filter(([column]) => REFERENCES.includes(column)));
const REFERENCES = ['bridges', 'ports', 'controller', 'interfaces'];
