import type { OvnCentralSample } from '../../sources/ovn/central.ts';
import type { OvsDbSample } from '../../sources/ovs/db.ts';
import type { Process } from '../../sources/processes/processes.ts';

/** Certificate of a daemon, or of the CA that it trusts, and who names it. */
export interface CertificatePath {
  readonly path: string;
  readonly usedBy: string;
}

const DAEMONS = new Set(['ovn-controller', 'ovn-northd', 'ovn-ic', 'ovsdb-server', 'ovs-vswitchd']);

/** Users of services: SYS_UID_MAX of login.defs(5). */
const MOST_SYSTEM_UID = 999;

/**
 * Whether a daemon is one of this host: root opens the files that its command line names. Any user can start a program of that name, with
 * another uid; the paths of one in a container lie in another filesystem.
 */
const isOfHost = ({ uid, owner }: Process): boolean =>
  uid !== undefined && uid <= MOST_SYSTEM_UID && (owner === undefined || owner.kind === 'service' || owner.kind === 'user'); // prettier-ignore

/** Options of all daemons: ovn-controller(8), PKI Options. `db:…` in their place names a column of a database. */
const OPTION = /(?:^| )(?:--certificate|--ca-cert|-c|-C)[= ](\/\S+)/g;

/** Certificates by path, as command lines of daemons of this host and the SSL tables of the databases name them. */
export function certificatePaths(
  table: ReadonlyMap<number, Process> | undefined,
  db: OvsDbSample | undefined,
  central: OvnCentralSample | undefined,
): readonly CertificatePath[] {
  const users = new Map<string, Set<string>>();
  const add = (path: string, user: string) => users.set(path, (users.get(path) ?? new Set()).add(user));
  for (const process of table?.values() ?? []) {
    const { command, commandLine = '' } = process;
    if (DAEMONS.has(command) && isOfHost(process))
      for (const [, path = ''] of commandLine.matchAll(OPTION)) add(path, command);
  }
  for (const path of db?.certificates ?? []) add(path, 'database of Open vSwitch');
  for (const path of central?.certificates ?? []) add(path, 'databases of OVN');
  return [...users].map(([path, names]) => ({ path, usedBy: [...names].join(', ') }));
}
