import { kernelFaults, type KernelFault } from '../../sources/machine/kernel-faults.ts';
import { vmstat } from '../../sources/machine/vmstat.ts';
import { entityRef, hostResource, thisHost, type EntityRef } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';
import { logFaults, type LogFaultTable } from '../log-faults.ts';

const ofHost = (): EntityRef => thisHost;
const disk = (name: string | undefined): EntityRef => (name === undefined ? thisHost : entityRef('disk', name));
const nic = (name: string | undefined): EntityRef => (name === undefined ? thisHost : entityRef('nic', name));
const inMemory = (): EntityRef => hostResource('memory');

const TABLE: LogFaultTable<KernelFault> = {
  owner: 'kernel',
  pane: 'hardware',
  faults: {
    'medium-error': { severity: 'crit', condition: 'medium error, sectors not readable', entity: disk, next: '`smartctl -x` for Reallocated and Pending sectors; replace the disk' }, // prettier-ignore
    'io-error': { severity: 'crit', condition: 'I/O error', entity: disk, next: '`journalctl -k -g "I/O error"` for the times; `smartctl -x`, then cable and controller' }, // prettier-ignore
    'filesystem-error': { severity: 'crit', condition: 'file system error', entity: ofHost, next: 'check whether it is mounted read-only (`findmnt`); `fsck` or `xfs_repair` offline' }, // prettier-ignore
    'hung-task': { severity: 'crit', condition: 'task blocked for more than 120 s', entity: ofHost, next: 'open Processes, filter state D: wait channel and stack; then the disk or NFS server' }, // prettier-ignore
    lockup: { severity: 'crit', condition: 'CPU lockup or RCU stall', entity: ofHost, next: '`journalctl -k -g lockup` for CPU and stack; on a guest compare steal' }, // prettier-ignore
    bug: { severity: 'crit', condition: 'kernel BUG, Oops or WARNING', entity: ofHost, next: '`journalctl -k -g "cut here|BUG"` for module and function; search them with the kernel version' }, // prettier-ignore
    'call-trace': { severity: 'warn', condition: 'call trace', entity: ofHost, next: '`journalctl -k -g "Call Trace"` with the lines around: which module, which function' }, // prettier-ignore
    oom: { severity: 'warn', condition: 'oom-killer invoked', entity: inMemory, next: '`journalctl -k -g oom-kill` names victim and group; compare its limit with its use' }, // prettier-ignore
    segfault: { severity: 'warn', condition: 'segfault', entity: ofHost, next: '`coredumpctl list` for its core; check the version of the program for known bugs' }, // prettier-ignore
    'conntrack-full': { severity: 'crit', condition: 'conntrack table full, packets dropped', entity: ofHost, next: '`conntrack -S`; raise the limit: `sysctl -w net.netfilter.nf_conntrack_max=…`' }, // prettier-ignore
    'tcp-memory': { severity: 'crit', condition: 'TCP out of memory', entity: ofHost, next: '`ss -tunmp` for full queues; raise `net.ipv4.tcp_mem`' }, // prettier-ignore
    'over-mtu': { severity: 'warn', condition: 'over-mtu packets dropped', entity: nic, next: 'compare MTUs along the path: `ip -d link show`, of guest, tap, bridge and uplink' }, // prettier-ignore
    'scsi-not-scanned': { severity: 'warn', condition: 'SCSI hosts not scanned, paths missing', entity: ofHost, next: 'check module option `qlini_mode` of qla2xxx and `multipath -ll`' }, // prettier-ignore
  },
};

/** Faults that only the kernel log has. */
export const kernelLogFaults = defineFinding({
  id: 'kernel-log-fault',
  title: 'Fault in the kernel log: I/O error, hung task, kernel bug, dropped packets',
  needs: { kernelFaults, vmstat },
  authority: 'hotsos: kernlog_calltrace, disk_failure, network misc; any line within a day',
  judge: ({ kernelFaults: seen, vmstat: counters }) => {
    const hits = new Map(seen.now?.hits);
    // The rule oom-kills has the kills by their counter.
    if (counters.now?.oomKills !== undefined) hits.delete('oom');
    // A hung task, an OOM kill and a bug print a trace each.
    const explained = ['hung-task', 'lockup', 'bug', 'oom'] as const;
    const traces = hits.get('call-trace')?.count ?? 0;
    if (traces <= explained.reduce((sum, id) => sum + (seen.now?.hits.get(id)?.count ?? 0), 0))
      hits.delete('call-trace');
    return logFaults({ ...seen, now: seen.now && { ...seen.now, hits } }, TABLE);
  },
});
