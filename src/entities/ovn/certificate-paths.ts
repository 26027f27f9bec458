import type { OvnCentralSample } from '../../sources/ovn/central.ts';
import type { OvsDbSample } from '../../sources/ovs/db.ts';
import type { Process } from '../../sources/processes/processes.ts';

/** Certificate of a daemon, or of the CA that it trusts, and who names it. */
export interface CertificatePath {
  readonly path: string;
  readonly usedBy: string;
}

const DAEMONS = new Set(['ovn-controller', 'ovn-northd', 'ovn-ic', 'ovsdb-server', 'ovs-vswitchd']);

/** Options of all daemons: ovn-controller(8), PKI Options. `db:…` in their place names a column of a database. */
const OPTION = /(?:^| )(?:--certificate|--ca-cert|-c|-C)[= ](\/\S+)/g;

/** Certificates by path, as command lines and the SSL tables of the databases name them. */
export function certificatePaths(
  table: ReadonlyMap<number, Process> | undefined,
  db: OvsDbSample | undefined,
  central: OvnCentralSample | undefined,
): readonly CertificatePath[] {
  const users = new Map<string, Set<string>>();
  const add = (path: string, user: string) => users.set(path, (users.get(path) ?? new Set()).add(user));
  for (const { command, commandLine } of table?.values() ?? [])
    if (DAEMONS.has(command)) for (const [, path = ''] of (commandLine ?? '').matchAll(OPTION)) add(path, command);
  for (const path of db?.certificates ?? []) add(path, 'database of Open vSwitch');
  for (const path of central?.certificates ?? []) add(path, 'databases of OVN');
  return [...users].map(([path, names]) => ({ path, usedBy: [...names].join(', ') }));
}
