import { toCount, words } from '../../lib/lines.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Dependencies of systemd services, as the manager has them: drop-ins, generators and templates are in. org.freedesktop.systemd1(5)
 *
 *     MainPID=1968
 *     Id=docker.service
 *     Requires=sysinit.target system.slice docker.socket
 *     Wants=network-online.target containerd.service
 *     BindsTo=
 *     After=network-online.target docker.socket containerd.service
 *
 * The manager makes the reply, 0.7 ms of its CPU per service: read seldom.
 */
export const unitDependencies = defineSource({
  id: 'unit-dependencies',
  title: 'Dependencies of units',
  why: 'Shows which services and sockets a service needs, and its main process.',
  everySeconds: 600,
  reads: {
    services: {
      kind: 'run',
      argv: [
        'systemctl',
        'show',
        '*.service',
        '--no-pager',
        '--property=Id,MainPID,Requires,Requisite,BindsTo,PartOf,Wants,After',
      ],
    },
  },
  parse: ({ services }): ReadonlyMap<string, UnitNeeds> => {
    const units = new Map<string, UnitNeeds>();
    for (const block of (services ?? '').split('\n\n')) {
      const values = new Map(
        block.split('\n').map((line): readonly [string, string] => {
          const at = line.indexOf('=');
          return [line.slice(0, at), line.slice(at + 1)];
        }),
      );
      const id = values.get('Id');
      if (id === undefined || units.size >= MAX_UNITS) continue;
      const of = (name: string) => words(values.get(name) ?? '').filter((unit) => NEEDED.test(unit) && unit !== id);
      const after = new Set(of('After'));
      const needs = new Set([
        ...['Requires', 'Requisite', 'BindsTo', 'PartOf'].flatMap(of),
        // After alone is an order; a unit that is wanted and started before is used.
        ...of('Wants').filter((unit) => after.has(unit)),
      ]);
      const pid = toCount(values.get('MainPID'));
      units.set(id, { mainPid: pid === 0 ? undefined : pid, needs: [...needs] });
    }
    return units;
  },
  identifiers: (units) => named('id', [...units.keys()].flatMap(instanceOf)),
});

export interface UnitNeeds {
  /** Undefined for a service that does not run. */
  readonly mainPid: number | undefined;
  /** Services and sockets that it requires, is bound to, is a part of, or wants and starts after. */
  readonly needs: readonly string[];
}

/** Services beyond these are left out. */
const MAX_UNITS = 4096;

/** Kinds of units that can break; targets and slices only order and group. */
const NEEDED = /\.(?:service|socket)$/;

/** Instance of a template, which may be a name: `guest-web` of `virt@guest-web.service`. */
const instanceOf = (unit: string): readonly string[] => /@(\D.+)\.service$/.exec(unit)?.slice(1) ?? [];
