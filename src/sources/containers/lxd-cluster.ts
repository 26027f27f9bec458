import { fields, flagOf, items, textOf } from '../../lib/json.ts';
import { fromLxd, lxdReads } from './lxd-sockets.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Members of an LXD cluster as this host's member sees them. A server without a cluster replies with an error.
 * https://documentation.ubuntu.com/lxd/latest/api/#/cluster/cluster_members_get_recursion1
 */
export const lxdCluster = defineSource({
  id: 'lxd-cluster',
  title: 'LXD cluster',
  why: 'Shows which members of an LXD cluster are offline.',
  everySeconds: 30,
  reads: lxdReads('GET /1.0/cluster/members?recursion=1'),
  parse: (values) => ({
    servers: fromLxd(values, (metadata) =>
      Array.isArray(metadata) ? items(metadata).flatMap((item) => memberOf(item) ?? []) : undefined,
    ),
  }),
  identifiers: ({ servers }) =>
    named(
      'host',
      [...servers.values()].flat().map(({ name }) => name),
    ),
});

export interface LxdMember {
  readonly name: string;
  /** Online, Offline, Evacuated, Blocked. */
  readonly status: string | undefined;
  /** `Fully operational`, `No heartbeat for 41s`. */
  readonly message: string | undefined;
  readonly database: boolean | undefined;
  /** database-leader, database-voter, database-standby… */
  readonly roles: readonly string[];
  readonly url: string | undefined;
}

/** Message of LXD about a member, without fractions of a second and the timestamp: `No heartbeat for 1m15s`. */
export const shortMessage = (message: string): string =>
  message.replace(/(\d)\.\d+s\b/, '$1s').replace(/ \(\d{4}-\d\d-\d\d [^)]*\)/, '');

function memberOf(item: unknown): LxdMember | undefined {
  const one = fields(item);
  const name = textOf(one['server_name']);
  if (name === undefined) return undefined;
  return {
    name,
    status: textOf(one['status']),
    message: textOf(one['message']),
    database: flagOf(one['database']),
    roles: items(one['roles']).flatMap((role) => textOf(role) ?? []),
    url: textOf(one['url']),
  };
}
