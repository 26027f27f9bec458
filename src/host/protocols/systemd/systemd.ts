import { DaemonError, type DaemonConnection, type Dial, type Protocol } from '../protocol.ts';
import { RequestQueue } from '../request-queue.ts';
import { DbusConnection } from './dbus-connection.ts';
import { kept, MANAGER, manager, properties, propertiesOf, rows, type Late } from './unit-calls.ts';
import { UnitCache } from './unit-cache.ts';

const PATHS = new Set(['/run/dbus/system_bus_socket', '/var/run/dbus/system_bus_socket']);
const MOST_BOOTED = 2000;
const KEPT_OF_BOOT = new Set([
  'InactiveExitTimestampMonotonic', 'ActiveEnterTimestampMonotonic', 'ActiveExitTimestampMonotonic', 'After',
]); // prettier-ignore
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
    'units: ListUnits, NRestarts of services, and the properties of those that failed, are in between or were restarted',
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

/** Open bus, and what was read of the units over it. */
interface OpenBus {
  readonly bus: DbusConnection;
  readonly cache: UnitCache;
}

function connect(dial: Dial): DaemonConnection {
  const queue = new RequestQueue();
  let open: OpenBus | undefined;
  return {
    request: (request, timeoutMs) =>
      queue.run(request, timeoutMs, async (late) => {
        if (open === undefined || open.bus.closed) {
          const bus = new DbusConnection(await dial());
          open = { bus, cache: new UnitCache(bus) };
        }
        const service = SERVICES[request];
        if (service) return JSON.stringify(await serviceReply(open.bus, service));
        const reply = REPLIES[request];
        if (!reply) throw new DaemonError('failed', `${request}: not a request`);
        return JSON.stringify(await reply(open, late));
      }),
    close: () => open?.bus.close(),
  };
}

const REPLIES: Readonly<Record<string, (open: OpenBus, late: Late) => Promise<object>>> = {
  units: ({ cache }, late) => cache.units(late),
  manager: managerReply,
  watched: ({ cache }, late) => cache.watched(late),
  boot: bootReply,
};

async function bootReply({ bus, cache }: OpenBus, late: Late): Promise<object> {
  const [units, [all]] = await Promise.all([
    cache.list(),
    bus.call(properties('/org/freedesktop/systemd1', `${MANAGER}.Manager`)),
  ]);
  // Scopes are sessions and containers.
  const started = units
    .filter(({ name, active, load }) => active !== 'inactive' && load === 'loaded' && !name.endsWith('.scope'))
    .slice(0, MOST_BOOTED);
  return {
    manager: kept(all, KEPT_OF_MANAGER),
    units: Object.fromEntries(await propertiesOf(bus, started, 'Unit', KEPT_OF_BOOT, late)),
  };
}

async function managerReply({ bus }: OpenBus): Promise<object> {
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
