import { countOf, fields, items, json, textOf, type Fields } from '../../lib/json.ts';
import { baseName } from '../sysfs.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/** Unit as the manager lists it, with the properties of one in trouble. */
export interface Unit {
  readonly name: string;
  readonly description: string | undefined;
  /** `loaded`, `not-found`, `masked`, `error`, `bad-setting`. */
  readonly load: string | undefined;
  /** `active`, `inactive`, `failed`, `activating`, `deactivating`, `reloading`. */
  readonly active: string | undefined;
  /** State of its kind: `running`, `exited`, `dead`, `auto-restart`, `start-pre`. */
  readonly sub: string | undefined;
  /** Type of its pending job: `start`, `stop`. */
  readonly job: string | undefined;
  /** Present for a unit that failed, is in between states, or runs after 3 restarts by systemd. */
  readonly trouble: UnitTrouble | undefined;
}

export interface UnitTrouble {
  /** Restarts by its Restart= since it was last started by hand. */
  readonly restarts: number | undefined;
  /** `exit-code`, `signal`, `oom-kill`, `timeout`, `start-limit-hit`, `core-dump`, `watchdog`, `resources`. */
  readonly result: string | undefined;
  /** Exit status, or number of the signal. */
  readonly exitStatus: number | undefined;
  /** Restart=: `no`, `always`, `on-failure`. */
  readonly restart: string | undefined;
  readonly startLimitBurst: number | undefined;
  /** Type=: a `oneshot` service is activating for as long as it runs. */
  readonly type: string | undefined;
  /** CLOCK_MONOTONIC of the change to its present state, seconds. */
  readonly changedAt: number | undefined;
  readonly statusText: string | undefined;
  readonly loadError: string | undefined;
}

export interface UnitsSample {
  readonly units: ReadonlyMap<string, Unit>;
}

const MAX_UNITS = 20_000;

/**
 * Units of systemd over D-Bus. org.freedesktop.systemd1(5), ListUnits.
 *
 *     {"units":[["ssh.service","OpenBSD Secure Shell server","loaded","active","running",""]],"suspects":{}}
 */
export const units = defineSource({
  id: 'units',
  title: 'systemd units',
  why: 'Shows units that failed, restart in a loop, or do not finish starting.',
  everySeconds: 5,
  value: 'high',
  reads: {
    units: { kind: 'talk', dialect: 'systemd', to: '/run/dbus/system_bus_socket', request: 'units' },
  },
  weightKiB: (sample: UnitsSample | undefined) => (sample?.units.size ?? 0) * 0.3,
  parse: ({ units: text }): UnitsSample | undefined => {
    if (text === undefined) return undefined;
    const reply = fields(json(text));
    const suspects = fields(reply['suspects']);
    const found = new Map<string, Unit>();
    for (const row of items(reply['units']).slice(0, MAX_UNITS)) {
      const [name, description, load, active, sub, job] = items(row).map(textOf);
      if (name === undefined) continue;
      const trouble = Object.hasOwn(suspects, name) ? troubleOf(fields(suspects[name])) : undefined;
      found.set(name, { name, description, load, active, sub, job, trouble });
    }
    return { units: found };
  },
  identifiers: (sample) => named('id', [...(sample?.units.keys() ?? [])].flatMap(instanceOf)),
});

const troubleOf = (value: Fields): UnitTrouble => {
  const changedUs = countOf(value['StateChangeTimestampMonotonic']);
  return {
    restarts: countOf(value['NRestarts']),
    result: textOf(value['Result']),
    exitStatus: countOf(value['ExecMainStatus']),
    restart: textOf(value['Restart']),
    startLimitBurst: countOf(value['StartLimitBurst']),
    type: textOf(value['Type']),
    changedAt: changedUs === undefined || changedUs === 0 ? undefined : changedUs / 1e6,
    statusText: textOf(value['StatusText']),
    loadError: textOf(items(value['LoadError'])[1]),
  };
};

/** Instance of a template, which may be a name: `guest-web` of `virt@guest-web.service`. */
const instanceOf = (unit: string): readonly string[] => /@(\D.+)\.service$/.exec(unit)?.slice(1) ?? [];

/**
 * Invocation of each running unit: a new id at each start, also by hand, where NRestarts stays 0. Links of
 * /run/systemd/units, which the manager keeps for the journal.
 */
export const unitInvocations = defineSource({
  id: 'unit-invocations',
  title: 'Starts of units',
  why: 'Shows units that are started again and again, also by hand.',
  everySeconds: 5,
  reads: { invocations: { kind: 'glob', pattern: '/run/systemd/units/invocation:*', links: true } },
  parse: ({ invocations }): ReadonlyMap<string, string> =>
    new Map([...(invocations ?? [])].map(([path, id]) => [(baseName(path) ?? '').replace('invocation:', ''), id])),
});

export interface ManagerState {
  readonly version: string | undefined;
  /** `running`, `degraded`, `starting`, `maintenance`, `stopping`. */
  readonly state: string | undefined;
  readonly failedUnits: number | undefined;
  /** Userspace time of the boot, seconds; undefined until it has finished. */
  readonly bootSeconds: number | undefined;
  readonly jobs: readonly {
    readonly id: number | undefined;
    readonly unit: string;
    readonly type: string | undefined;
    readonly state: string | undefined;
  }[];
}

/** State of the manager and its jobs. org.freedesktop.systemd1(5). */
export const unitManager = defineSource({
  id: 'unit-manager',
  title: 'systemd manager',
  why: 'Shows whether the system is degraded, and jobs that wait.',
  everySeconds: 10,
  value: 'low',
  reads: {
    manager: { kind: 'talk', dialect: 'systemd', to: '/run/dbus/system_bus_socket', request: 'manager' },
  },
  parse: ({ manager: text }): ManagerState | undefined => {
    if (text === undefined) return undefined;
    const reply = fields(json(text));
    const of = fields(reply['manager']);
    const [from, to] = [countOf(of['UserspaceTimestampMonotonic']), countOf(of['FinishTimestampMonotonic'])];
    return {
      version: textOf(of['Version']),
      state: textOf(of['SystemState']),
      failedUnits: countOf(of['NFailedUnits']),
      bootSeconds: from === undefined || to === undefined || to < from ? undefined : (to - from) / 1e6,
      jobs: items(reply['jobs']).flatMap((job) => {
        const { id, unit, type, state } = fields(job);
        const name = textOf(unit);
        return name === undefined ? [] : [{ id: countOf(id), unit: name, type: textOf(type), state: textOf(state) }];
      }),
    };
  },
});
