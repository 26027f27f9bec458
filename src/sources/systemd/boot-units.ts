import { countOf, fields, items, json, textOf } from '../../lib/json.ts';
import { defineDetail } from '../source.ts';

/** Times of a unit in CLOCK_MONOTONIC, seconds. */
export interface BootUnit {
  readonly startedAt: number;
  /** Undefined while it is not active. */
  readonly activeAt: number | undefined;
  readonly after: readonly string[];
}

export interface BootUnits {
  readonly userspaceAt: number | undefined;
  readonly finishedAt: number | undefined;
  readonly units: ReadonlyMap<string, BootUnit>;
}

const secondsOf = (value: unknown): number | undefined => {
  const us = countOf(value);
  return us === undefined || us === 0 ? undefined : us / 1e6;
};

/** When each unit started, and after which others. systemd-analyze(1) takes blame and critical-chain of the same. */
export const bootUnits = defineDetail({
  id: 'boot-units',
  title: 'Boot',
  why: 'Shows which units took the boot longest, and the chain that it waited for, when its page is opened.',
  everySeconds: 3600,
  example: {},
  reads: () => ({
    boot: { kind: 'talk', dialect: 'systemd', to: '/run/dbus/system_bus_socket', request: 'boot', timeoutMs: 20_000 },
  }),
  parse: ({ boot }): BootUnits | undefined => {
    if (boot === undefined) return undefined;
    const reply = fields(json(boot));
    const manager = fields(reply['manager']);
    return {
      userspaceAt: secondsOf(manager['UserspaceTimestampMonotonic']),
      finishedAt: secondsOf(manager['FinishTimestampMonotonic']),
      units: new Map(
        Object.entries(fields(reply['units'])).flatMap(([name, value]): [string, BootUnit][] => {
          const unit = fields(value);
          const startedAt = secondsOf(unit['InactiveExitTimestampMonotonic']);
          if (startedAt === undefined) return [];
          const activeAt = secondsOf(unit['ActiveEnterTimestampMonotonic']);
          return [[name, { startedAt, activeAt, after: items(unit['After']).flatMap((one) => textOf(one) ?? []) }]];
        }),
      ),
    };
  },
});
