import { DaemonError, type DaemonConnection, type Dial, type Protocol } from '../protocol.ts';
import { RequestQueue } from '../request-queue.ts';
import { DbusConnection, type DbusCall } from './dbus-connection.ts';
import type { DbusValue } from './dbus-values.ts';

const PATHS = new Set(['/run/dbus/system_bus_socket', '/var/run/dbus/system_bus_socket']);
const MANAGER = 'org.freedesktop.systemd1';

const manager = (member: string): DbusCall => ({
  destination: MANAGER,
  path: '/org/freedesktop/systemd1',
  interface: `${MANAGER}.Manager`,
  member,
});
const properties = (path: string, of: string, destination = MANAGER): DbusCall => ({
  destination,
  path,
  interface: 'org.freedesktop.DBus.Properties',
  member: 'GetAll',
  texts: [of],
});

/** Units of which all properties are read in one reply: those in trouble. */
const MOST_SUSPECTS = 20;
/** Properties of a suspect that are kept: the rest (environment, command lines) may hold secrets. */
const KEPT = new Set([
  'NRestarts', 'Result', 'ExecMainStatus', 'ExecMainCode', 'StartLimitBurst', 'StartLimitIntervalUSec', 'RestartUSec', 'Restart', 'MainPID',
  'StateChangeTimestampMonotonic', 'InactiveEnterTimestampMonotonic', 'ActiveEnterTimestampMonotonic', 'LoadError', 'Id', 'Triggers',
  'TasksCurrent', 'TasksMax', 'StatusText', 'ConditionResult', 'Type', 'WatchdogUSec',
]); // prettier-ignore
/** Units of each kind of which properties are read. */
const MOST_WATCHED = 100;
const MOST_BOOTED = 2000;
/** Calls on their way: dbus-daemon(1) allows 128 outstanding replies (max_replies_per_connection). */
const AT_ONCE = 32;
const KEPT_OF_TIMER = new Set([
  'NextElapseUSecRealtime',
  'NextElapseUSecMonotonic',
  'LastTriggerUSec',
  'Unit',
  'Result',
]);
const KEPT_OF_SOCKET = new Set(['NRefused', 'NAccepted', 'NConnections', 'MaxConnections', 'Result']);
const KEPT_OF_MISSING = new Set(['RequiredBy', 'RequisiteOf', 'BoundBy']);
const KEPT_OF_BOOT = new Set([
  'InactiveExitTimestampMonotonic', 'ActiveEnterTimestampMonotonic', 'ActiveExitTimestampMonotonic', 'After',
]); // prettier-ignore
/** Interface of the properties of a unit's kind. */
const KINDS: Readonly<Record<string, string>> = {
  service: 'Service',
  socket: 'Socket',
  mount: 'Mount',
  timer: 'Timer',
  swap: 'Swap',
};
const KEPT_OF_MANAGER = new Set([
  'Version', 'SystemState', 'NNames', 'NFailedUnits', 'NJobs', 'UserspaceTimestampMonotonic', 'FinishTimestampMonotonic', 'Tainted',
]); // prettier-ignore

/** Services beside the manager, by request, with the properties that are kept. org.freedesktop.resolve1(5), org.freedesktop.timesync1. */
const SERVICES: Readonly<Record<string, { readonly name: string; readonly path: string; readonly kept: ReadonlySet<string> }>> = {
  resolver: {
    name: 'org.freedesktop.resolve1',
    path: '/org/freedesktop/resolve1',
    kept: new Set(['TransactionStatistics', 'CacheStatistics']),
  },
  time: {
    name: 'org.freedesktop.timesync1',
    path: '/org/freedesktop/timesync1',
    kept: new Set(['ServerName', 'NTPMessage']),
  },
}; // prettier-ignore

/**
 * systemd's manager over the system bus: org.freedesktop.systemd1(5). Reads alone; no call starts a service. Replies are JSON:
 * `{"units": [[name, description, load, active, sub, job], …], "suspects": {name: {NRestarts: 7, …}}}`, `{"manager": {…}, "jobs": […]}`,
 * `{"timers": {name: {…}}, "sockets": {…}, "missing": {…}}`, `{"manager": {…}, "units": {name: {After: […], …}}}`, for
 * systemd-resolved and systemd-timesyncd `{"ServerName": "ntp.example.com", …}`.
 */
export const systemd: Protocol = {
  name: 'systemd',
  what: 'systemd for its units and jobs (D-Bus)',
  allowed: [
    'units: ListUnits, and the properties of those that failed or are in between',
    'manager: state, jobs',
    'watched: properties of timers, sockets, and units that are missing or masked',
    'boot: when each unit started, and after which others',
    'resolver: statistics of systemd-resolved',
    'time: server and last reply of systemd-timesyncd',
  ],
  refusal: (to, request) =>
    PATHS.has(to) && (Object.hasOwn(REPLIES, request) || Object.hasOwn(SERVICES, request))
      ? undefined
      : `${to} < ${request}: not a request`,
  // The bus is started by its socket on some systems.
  daemons: () => ['dbus-daemon', 'dbus-broker'],
  connect,
};

function connect(dial: Dial): DaemonConnection {
  const queue = new RequestQueue();
  let bus: DbusConnection | undefined;
  return {
    request: (request, timeoutMs) =>
      queue.run(request, timeoutMs, async (late) => {
        if (bus === undefined || bus.closed) bus = new DbusConnection(await dial());
        const service = SERVICES[request];
        if (service) return JSON.stringify(await serviceReply(bus, service));
        const reply = REPLIES[request];
        if (!reply) throw new DaemonError('failed', `${request}: not a request`);
        return JSON.stringify(await reply(bus, late));
      }),
    close: () => bus?.close(),
  };
}

/** Whether the request has timed out. */
type Late = () => boolean;

const REPLIES: Readonly<Record<string, (bus: DbusConnection, late: Late) => Promise<object>>> = {
  units: unitsReply,
  manager: managerReply,
  watched: watchedReply,
  boot: bootReply,
};

async function listUnits(bus: DbusConnection): Promise<readonly ListedUnit[]> {
  const [list] = await bus.call(manager('ListUnits'));
  return rows(list).flatMap((row) => {
    const [name, description, load, active, sub, , path, , job] = row;
    return typeof name === 'string' && typeof path === 'string'
      ? [{ name, description, load, active, sub, path, job }]
      : [];
  });
}

/** Properties of units by their names, of one interface; a unit that has gone since has none. */
async function propertiesOf(
  bus: DbusConnection,
  units: readonly ListedUnit[],
  kind: string,
  names: ReadonlySet<string>,
  late: Late,
): Promise<Readonly<Record<string, object>>> {
  const found: [string, object][] = [];
  for (let at = 0; at < units.length; at += AT_ONCE) {
    if (late()) throw new DaemonError('timeout', `properties of ${units.length} units: timeout`);
    const part = units.slice(at, at + AT_ONCE).map(async ({ name, path }): Promise<[string, object][]> => {
      try {
        const [all] = await bus.call(properties(path, `${MANAGER}.${kind}`));
        return [[name, kept(all, names)]];
      } catch (error) {
        if (error instanceof DaemonError && error.why === 'absent') return [];
        throw error;
      }
    });
    found.push(...(await Promise.all(part)).flat());
  }
  return Object.fromEntries(found);
}

async function watchedReply(bus: DbusConnection, late: Late): Promise<object> {
  // By name: the same ones each time where there are more.
  const units = (await listUnits(bus)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const of = (fits: (unit: ListedUnit) => boolean, kind: string, names: ReadonlySet<string>) =>
    propertiesOf(bus, units.filter(fits).slice(0, MOST_WATCHED), kind, names, late);
  return {
    timers: await of(({ name, active }) => name.endsWith('.timer') && active === 'active', 'Timer', KEPT_OF_TIMER),
    sockets: await of(({ name, active }) => name.endsWith('.socket') && active === 'active', 'Socket', KEPT_OF_SOCKET),
    missing: await of(({ load }) => load === 'not-found' || load === 'masked', 'Unit', KEPT_OF_MISSING),
  };
}

async function bootReply(bus: DbusConnection, late: Late): Promise<object> {
  const [units, [all]] = await Promise.all([
    listUnits(bus),
    bus.call(properties('/org/freedesktop/systemd1', `${MANAGER}.Manager`)),
  ]);
  // Scopes are sessions and containers.
  const started = units
    .filter(({ name, active, load }) => active !== 'inactive' && load === 'loaded' && !name.endsWith('.scope'))
    .slice(0, MOST_BOOTED);
  return { manager: kept(all, KEPT_OF_MANAGER), units: await propertiesOf(bus, started, 'Unit', KEPT_OF_BOOT, late) };
}

async function unitsReply(bus: DbusConnection): Promise<object> {
  const units = await listUnits(bus);
  const suspects: Record<string, object> = {};
  for (const { name, path } of units.filter(isSuspect).slice(0, MOST_SUSPECTS)) {
    const kind = KINDS[name.slice(name.lastIndexOf('.') + 1)];
    try {
      const parts = [`${MANAGER}.Unit`, ...(kind === undefined ? [] : [`${MANAGER}.${kind}`])];
      const all = await Promise.all(parts.map((part) => bus.call(properties(path, part))));
      suspects[name] = Object.assign({}, ...all.map(([found]) => kept(found, KEPT)));
    } catch (error) {
      // A unit that has gone since.
      if (!(error instanceof DaemonError) || error.why !== 'absent') throw error;
    }
  }
  return {
    units: units.map(({ name, description, load, active, sub, job }) => [name, description, load, active, sub, job]),
    suspects,
  };
}

interface ListedUnit {
  readonly name: string;
  readonly path: string;
  readonly description: DbusValue | undefined;
  readonly load: DbusValue | undefined;
  readonly active: DbusValue | undefined;
  readonly sub: DbusValue | undefined;
  readonly job: DbusValue | undefined;
}

/** Failed, in between states, or wanted and not loaded. */
const isSuspect = ({ active, sub, load, job }: ListedUnit): boolean =>
  active === 'failed' ||
  active === 'activating' ||
  active === 'deactivating' ||
  active === 'reloading' ||
  (typeof sub === 'string' && sub.startsWith('auto-restart')) ||
  load === 'error' ||
  load === 'bad-setting' ||
  (job !== '' && job !== undefined);

async function managerReply(bus: DbusConnection): Promise<object> {
  const [[all], [jobs]] = await Promise.all([
    bus.call(properties('/org/freedesktop/systemd1', `${MANAGER}.Manager`)),
    bus.call(manager('ListJobs')),
  ]);
  return {
    manager: kept(all, KEPT_OF_MANAGER),
    jobs: rows(jobs).map(([id, unit, type, state]) => ({ id, unit, type, state })),
  };
}

/** A service that does not run is absent: a call starts none. */
async function serviceReply(bus: DbusConnection, service: (typeof SERVICES)[string]): Promise<object> {
  const [all] = await bus.call(properties(service.path, `${service.name}.Manager`, service.name));
  return kept(all, service.kept);
}

const rows = (value: DbusValue | undefined): readonly (readonly DbusValue[])[] =>
  Array.isArray(value) ? value.filter((row) => Array.isArray(row)) : [];

/** Properties of `GetAll`, pairs of name and value. */
const kept = (value: DbusValue | undefined, names: ReadonlySet<string>): object =>
  Object.fromEntries(
    rows(value).flatMap(([name, property]) =>
      typeof name === 'string' && names.has(name) && property !== undefined ? [[name, property]] : [],
    ),
  );
