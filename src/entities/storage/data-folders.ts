import type { Process } from '../../sources/processes/processes.ts';

interface DataFolder {
  readonly process: Process;
  readonly folder: string;
}

/** Servers whose data often has a separate disk, the option that names their folder, and its default in packages of Debian. */
const SERVERS: readonly (readonly [command: RegExp, option: RegExp, folder: string | undefined])[] = [
  [/^postgres$/, / -D ?(\/\S+)/, undefined],
  [/^(?:mysqld|mariadbd)$/, / --datadir=(\/\S+)/, '/var/lib/mysql'],
  [/^mongod$/, / --dbpath[= ](\/\S+)/, undefined],
  [/^etcd$/, / --data-dir[= ](\/\S+)/, undefined],
  [/^ceph-mon$/, / --mon-data[= ](\/\S+)/, '/var/lib/ceph/mon'],
  [/^beam\.smp$/, / -mnesia dir "?(\/[^"\s]+)/, undefined],
];

/** Data folders of database servers of this host by their command lines; those in containers have paths of their own. */
export function dataFolders(all: ReadonlyMap<number, Process> | undefined): readonly DataFolder[] {
  return [...(all?.values() ?? [])].flatMap((process): DataFolder[] => {
    const { command, commandLine, owner, parentPid } = process;
    if (commandLine === undefined || (owner !== undefined && owner.kind !== 'service' && owner.kind !== 'user'))
      return [];
    const server = SERVERS.find(([name]) => name.test(command));
    // Backends have the command of their server.
    if (server === undefined || all?.get(parentPid)?.command === command) return [];
    const folder = server[1].exec(commandLine)?.[1] ?? server[2];
    return folder === undefined ? [] : [{ process, folder }];
  });
}
