import type { Process } from '../sources/processes.ts';

/**
 * OSD → its process on this host, by the number in its command line: `ceph-osd -f --cluster ceph --id 3`, `-i 3`, or
 * `-n osd.3` as cephadm starts it.
 */
export function osdProcesses(processes: ReadonlyMap<number, Process> | undefined): ReadonlyMap<number, Process> {
  const found = new Map<number, Process>();
  for (const process of processes?.values() ?? []) {
    if (process.command !== 'ceph-osd') continue;
    const id = /\s(?:--id[ =]|-i ?|-n osd\.|--name[ =]osd\.)(\d{1,9})(?:\s|$)/.exec(process.commandLine ?? '')?.[1];
    if (id !== undefined) found.set(Number(id), process);
  }
  return found;
}
