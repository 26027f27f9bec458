import { DaemonError } from '../protocol.ts';
import type { DbusCall, DbusConnection } from './dbus-connection.ts';
import type { DbusValue } from './dbus-values.ts';

export const MANAGER = 'org.freedesktop.systemd1';
const PROPERTIES = 'org.freedesktop.DBus.Properties';
/** Calls on their way: dbus-daemon(1) allows 128 outstanding replies (max_replies_per_connection). */
const AT_ONCE = 32;

export const manager = (member: string): DbusCall => ({
  destination: MANAGER,
  path: '/org/freedesktop/systemd1',
  interface: `${MANAGER}.Manager`,
  member,
});

export const properties = (path: string, of: string, destination = MANAGER): DbusCall => ({
  destination,
  path,
  interface: PROPERTIES,
  member: 'GetAll',
  texts: [of],
});

export const property = (path: string, of: string, name: string): DbusCall => ({
  destination: MANAGER,
  path,
  interface: PROPERTIES,
  member: 'Get',
  texts: [of, name],
});

/** Whether the request has timed out. */
export type Late = () => boolean;

export interface ListedUnit {
  readonly name: string;
  readonly path: string;
  readonly description: DbusValue | undefined;
  readonly load: DbusValue | undefined;
  readonly active: DbusValue | undefined;
  readonly sub: DbusValue | undefined;
  readonly job: DbusValue | undefined;
}

export async function listUnits(bus: DbusConnection): Promise<readonly ListedUnit[]> {
  const [list] = await bus.call(manager('ListUnits'));
  return rows(list).flatMap((row) => {
    const [name, description, load, active, sub, , path, , job] = row;
    return typeof name === 'string' && typeof path === 'string'
      ? [{ name, description, load, active, sub, path, job }]
      : [];
  });
}

/** Results of a call for each unit by its name; a unit or property that is not there has none. */
export async function ofEach<Result>(
  units: readonly ListedUnit[],
  late: Late,
  call: (unit: ListedUnit) => Promise<Result>,
): Promise<ReadonlyMap<string, Result>> {
  const found = new Map<string, Result>();
  for (let at = 0; at < units.length; at += AT_ONCE) {
    if (late()) throw new DaemonError('timeout', `properties of ${units.length} units: timeout`);
    const part = units.slice(at, at + AT_ONCE).map(async (unit) => {
      try {
        found.set(unit.name, await call(unit));
      } catch (error) {
        if (!(error instanceof DaemonError) || error.why !== 'absent') throw error;
      }
    });
    await Promise.all(part);
  }
  return found;
}

/** Properties of units by their names, of one interface. */
export const propertiesOf = (
  bus: DbusConnection,
  units: readonly ListedUnit[],
  kind: string,
  names: ReadonlySet<string>,
  late: Late,
): Promise<ReadonlyMap<string, object>> =>
  ofEach(units, late, async ({ path }) => kept((await bus.call(properties(path, `${MANAGER}.${kind}`)))[0], names));

export const rows = (value: DbusValue | undefined): readonly (readonly DbusValue[])[] =>
  Array.isArray(value) ? value.filter((row) => Array.isArray(row)) : [];

/** Properties of `GetAll`, pairs of name and value. */
export const kept = (value: DbusValue | undefined, names: ReadonlySet<string>): object =>
  Object.fromEntries(
    rows(value).flatMap(([name, one]) =>
      typeof name === 'string' && names.has(name) && one !== undefined ? [[name, one]] : [],
    ),
  );
