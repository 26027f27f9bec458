import { fields, flagOf, numberOf, textOf } from '../../lib/json.ts';
import { fromLxd, lxdReads } from './lxd-sockets.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Version, cluster name and storage drivers of LXD.
 * https://documentation.ubuntu.com/lxd/latest/api/#/server/server_get
 */
export const lxdServer = defineSource({
  id: 'lxd-server',
  title: 'LXD server',
  why: 'Shows version and name of LXD or Incus, and whether it is part of a cluster.',
  everySeconds: 60,
  reads: lxdReads('GET /1.0'),
  parse: (values) => ({
    servers: fromLxd(values, (metadata): LxdServer => {
      const environment = fields(fields(metadata)['environment']);
      return {
        // `lxd` or `incus`.
        product: textOf(environment['server']),
        version: textOf(environment['server_version']),
        name: textOf(environment['server_name']),
        pid: numberOf(environment['server_pid']),
        clustered: flagOf(environment['server_clustered']),
        storage: textOf(environment['storage']),
        driver: textOf(environment['driver']),
        driverVersion: textOf(environment['driver_version']),
      };
    }),
  }),
  identifiers: ({ servers }) =>
    named(
      'host',
      [...servers.values()].map(({ name }) => name),
    ),
});

export interface LxdServer {
  readonly product: string | undefined;
  readonly version: string | undefined;
  readonly name: string | undefined;
  readonly pid: number | undefined;
  readonly clustered: boolean | undefined;
  readonly storage: string | undefined;
  readonly driver: string | undefined;
  readonly driverVersion: string | undefined;
}
