import { countOf, fields, items, json, textOf, type Fields } from '../../lib/json.ts';
import { defineSource } from '../source.ts';

export interface TimerUnit {
  /** Seconds since 1970 of its next run by OnCalendar=. */
  readonly nextEpochSeconds: number | undefined;
  /** CLOCK_MONOTONIC of its next run by OnBootSec= and the like. */
  readonly nextAt: number | undefined;
  readonly lastEpochSeconds: number | undefined;
  /** Unit that it starts. */
  readonly starts: string | undefined;
}

export interface SocketUnit {
  /** Connections refused at a limit since it listens. */
  readonly refused: number | undefined;
  readonly connections: number | undefined;
  readonly mostConnections: number | undefined;
}

export interface WatchedUnits {
  readonly timers: ReadonlyMap<string, TimerUnit>;
  readonly sockets: ReadonlyMap<string, SocketUnit>;
  /** Units without a file, or masked, with those that require them. */
  readonly missing: ReadonlyMap<string, readonly string[]>;
}

/** USEC_INFINITY, which is beyond the exact integers of a double. */
const NEVER = 2 ** 63;
const secondsOf = (value: unknown): number | undefined => {
  const us = countOf(value);
  return us === undefined || us === 0 || us >= NEVER ? undefined : us / 1e6;
};

const mapOf = <Value>(value: unknown, of: (properties: Fields) => Value): ReadonlyMap<string, Value> =>
  new Map(Object.entries(fields(value)).map(([name, properties]) => [name, of(fields(properties))]));

/**
 * Timers, sockets, and units that are missing or masked, with their properties. org.freedesktop.systemd1(5).
 *
 *     {"timers":{"fstrim.timer":{"NextElapseUSecRealtime":1764547200000000}},"sockets":{"x.socket":{"NRefused":4}},"missing":{}}
 */
export const watchedUnits = defineSource({
  id: 'watched-units',
  title: 'Timers, sockets and missing units',
  why: 'Shows timers that are overdue, sockets that refuse connections, and required units that are missing or masked.',
  everySeconds: 5,
  reads: {
    watched: { kind: 'talk', dialect: 'systemd', to: '/run/dbus/system_bus_socket', request: 'watched' },
  },
  parse: ({ watched }): WatchedUnits | undefined => {
    if (watched === undefined) return undefined;
    const reply = fields(json(watched));
    return {
      timers: mapOf(reply['timers'], (timer) => ({
        nextEpochSeconds: secondsOf(timer['NextElapseUSecRealtime']),
        nextAt: secondsOf(timer['NextElapseUSecMonotonic']),
        lastEpochSeconds: secondsOf(timer['LastTriggerUSec']),
        starts: textOf(timer['Unit']),
      })),
      sockets: mapOf(reply['sockets'], (socket) => ({
        refused: countOf(socket['NRefused']),
        connections: countOf(socket['NConnections']),
        mostConnections: countOf(socket['MaxConnections']),
      })),
      missing: mapOf(reply['missing'], (unit) =>
        ['RequiredBy', 'RequisiteOf', 'BoundBy'].flatMap((name) =>
          items(unit[name]).flatMap((one) => textOf(one) ?? []),
        ),
      ),
    };
  },
});
