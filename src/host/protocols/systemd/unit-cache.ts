import type { DbusConnection } from './dbus-connection.ts';
import {
  kept,
  listUnits,
  MANAGER,
  ofEach,
  properties,
  propertiesOf,
  property,
  type Late,
  type ListedUnit,
} from './unit-calls.ts';

/** Requests of one round share a list of the units. */
const LISTED_MS = 1500;
/** Units of which all properties are read in one reply: those in trouble. */
const MOST_SUSPECTS = 20;
/** Services of which NRestarts is read in one reply. */
const MOST_COUNTED = 200;
/** Least restarts of a service that runs of which all properties are read: fewer do not make a loop. */
const LEAST_RESTARTS = 3;
/** Units of each kind of which properties are read. */
const MOST_WATCHED = 100;
/** Time after which properties of watched units are read again that seldom change. */
const WATCHED_MS = 60_000;
/** Properties of a suspect that are kept: the rest (environment, command lines) may hold secrets. */
const KEPT = new Set([
  'NRestarts', 'Result', 'ExecMainStatus', 'ExecMainCode', 'StartLimitBurst', 'StartLimitIntervalUSec', 'RestartUSec', 'Restart', 'MainPID',
  'StateChangeTimestampMonotonic', 'InactiveEnterTimestampMonotonic', 'ActiveEnterTimestampMonotonic', 'LoadError', 'Id', 'Triggers',
  'TasksCurrent', 'TasksMax', 'StatusText', 'ConditionResult', 'Type', 'WatchdogUSec',
]); // prettier-ignore
/** Interface of the properties of a unit's kind. */
const KINDS: Readonly<Record<string, string>> = {
  service: 'Service',
  socket: 'Socket',
  mount: 'Mount',
  timer: 'Timer',
  swap: 'Swap',
};

interface WatchedKind {
  readonly fits: (unit: ListedUnit) => boolean;
  readonly kind: string;
  readonly names: ReadonlySet<string>;
  /** Whether properties may be others in the next reading. */
  readonly changes?: (properties: object) => boolean;
}

const WATCHED: Readonly<Record<string, WatchedKind>> = {
  timers: {
    fits: ({ name, active }) => name.endsWith('.timer') && active === 'active',
    kind: 'Timer',
    names: new Set(['NextElapseUSecRealtime', 'NextElapseUSecMonotonic', 'LastTriggerUSec', 'Unit', 'Result']),
  },
  sockets: {
    fits: ({ name, active }) => name.endsWith('.socket') && active === 'active',
    kind: 'Socket',
    names: new Set(['Accept', 'NRefused', 'NAccepted', 'NConnections', 'MaxConnections', 'Result']),
    // Another one hands its socket to the service, and neither counts connections nor refuses any.
    changes: (socket) => 'Accept' in socket && socket.Accept === true,
  },
  missing: {
    fits: ({ load }) => load === 'not-found' || load === 'masked',
    kind: 'Unit',
    names: new Set(['RequiredBy', 'RequisiteOf', 'BoundBy']),
  },
};

/** UnitCache keeps what a connection read of the units, so that each reply asks for what may have changed. */
export class UnitCache {
  readonly #bus: DbusConnection;
  #listed: { readonly units: readonly ListedUnit[]; readonly atMs: number } | undefined;
  /** NRestarts of the services that ran at the last reply. */
  #restarts: ReadonlyMap<string, number> = new Map();
  #watched: Readonly<Record<string, ReadonlyMap<string, object>>> = {};
  #watchedMs = -Infinity;

  constructor(bus: DbusConnection) {
    this.#bus = bus;
  }

  async list(): Promise<readonly ListedUnit[]> {
    if (this.#listed === undefined || performance.now() - this.#listed.atMs > LISTED_MS)
      this.#listed = { units: await listUnits(this.#bus), atMs: performance.now() };
    return this.#listed.units;
  }

  /** All units, and the properties of those in trouble. */
  async units(late: Late): Promise<object> {
    const units = await this.list();
    const restarted = await this.#restarted(units, late);
    const suspects = [...units.filter(isSuspect), ...restarted.filter((unit) => !isSuspect(unit))];
    return {
      units: units.map(({ name, description, load, active, sub, job }) => [name, description, load, active, sub, job]),
      suspects: Object.fromEntries(await ofEach(suspects.slice(0, MOST_SUSPECTS), late, (unit) => this.#suspect(unit))),
    };
  }

  async #suspect({ name, path }: ListedUnit): Promise<object> {
    const kind = KINDS[name.slice(name.lastIndexOf('.') + 1)];
    const parts = [`${MANAGER}.Unit`, ...(kind === undefined ? [] : [`${MANAGER}.${kind}`])];
    const all = await Promise.all(parts.map((part) => this.#bus.call(properties(path, part))));
    return Object.assign({}, ...all.map(([found]) => kept(found, KEPT)));
  }

  /**
   * Services that run after restarts by systemd: one in a loop may run at every reading. NRestarts is read of services that did not run
   * before and of those with restarts; of one that runs on without any it stays 0.
   */
  async #restarted(units: readonly ListedUnit[], late: Late): Promise<readonly ListedUnit[]> {
    const running = units.filter(({ name, sub }) => name.endsWith('.service') && sub === 'running');
    const due = running.filter(({ name }) => this.#restarts.get(name) !== 0).slice(0, MOST_COUNTED);
    const read = await ofEach(due, late, async ({ path }) => {
      const [restarts] = await this.#bus.call(property(path, `${MANAGER}.Service`, 'NRestarts'));
      return typeof restarts === 'number' ? restarts : 0;
    });
    const asked = new Set(due.map(({ name }) => name));
    // systemd before 235 has no NRestarts.
    this.#restarts = new Map(
      running.flatMap(({ name }): [string, number][] => {
        const restarts = asked.has(name) ? (read.get(name) ?? 0) : this.#restarts.get(name);
        return restarts === undefined ? [] : [[name, restarts]];
      }),
    );
    return running.filter(({ name }) => (this.#restarts.get(name) ?? 0) >= LEAST_RESTARTS);
  }

  /** Properties of timers, sockets, and units that are missing or masked. */
  async watched(late: Late): Promise<object> {
    // By name: the same ones each time where there are more.
    const units = (await this.list()).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const isDue = performance.now() - this.#watchedMs >= WATCHED_MS;
    const found: Record<string, ReadonlyMap<string, object>> = {};
    for (const [id, { fits, kind, names, changes }] of Object.entries(WATCHED)) {
      const before = isDue ? undefined : this.#watched[id];
      const present = units.filter(fits).slice(0, MOST_WATCHED);
      const due = present.filter(({ name }) => {
        const known = before?.get(name);
        return known === undefined || changes?.(known) === true;
      });
      const read = await propertiesOf(this.#bus, due, kind, names, late);
      found[id] = new Map(
        present.flatMap(({ name }): [string, object][] => {
          const one = read.get(name) ?? before?.get(name);
          return one === undefined ? [] : [[name, one]];
        }),
      );
    }
    this.#watched = found;
    if (isDue) this.#watchedMs = performance.now();
    return Object.fromEntries(Object.entries(found).map(([id, of]) => [id, Object.fromEntries(of)]));
  }
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
