import type { Process } from '../../sources/processes/processes.ts';

/**
 * OSD id of a ceph-osd process, from its command line: `ceph-osd -f --cluster ceph --id 3`, `-i 3`, or `-n osd.3` with
 * cephadm; where that was not read, from its unit: `ceph-osd@3.service`, with cephadm `ceph-FSID@osd.3.service`.
 */
export function osdOf({ command, commandLine, owner }: Process): number | undefined {
  if (command !== 'ceph-osd') return undefined;
  const unit = owner?.kind === 'service' ? owner.name : '';
  const id =
    /\s(?:--id[ =]|-i ?|-n osd\.|--name[ =]osd\.)(\d{1,9})(?:\s|$)/.exec(commandLine ?? '')?.[1] ??
    /^ceph-(?:osd@|[\w-]+@osd\.)(\d{1,9})(?:\.service)?$/.exec(unit)?.[1];
  return id === undefined ? undefined : Number(id);
}

/** Local processes by OSD id. */
export function osdProcesses(processes: ReadonlyMap<number, Process> | undefined): ReadonlyMap<number, Process> {
  const found = new Map<number, Process>();
  for (const process of processes?.values() ?? []) {
    const osd = osdOf(process);
    if (osd !== undefined) found.set(osd, process);
  }
  return found;
}
