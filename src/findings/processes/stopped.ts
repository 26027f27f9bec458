import { plain } from '../../lib/plain.ts';
import { duration } from '../../lib/units.ts';
import { processes } from '../../sources/processes/processes.ts';
import { defineFinding } from '../finding.ts';

/** Others wait for these, and a cluster may take them for dead; anything else may be stopped by its user on purpose. */
const WAITED_FOR =
  /^(qemu-system-.*|qemu-kvm|kvm|ceph-(osd|mon|mgr|mds)|libvirtd|virtqemud|ovs-vswitchd|ovsdb-server|ovn-controller|kubelet|kube-apiserver|etcd|containerd|dockerd|lxd|mysqld|mariadbd|postgres|mongod|beam\.smp|sshd|systemd.*)$/;
/** A debugger's look at the stacks takes less. */
const LEAST_SECONDS = 3;

/** A daemon that neither runs nor sleeps: somebody sent it SIGSTOP, or a debugger holds it. */
export const processStopped = defineFinding({
  id: 'process-stopped',
  title: 'A daemon that is stopped',
  needs: { processes },
  authority: 'own: state T or t for 3 s in something that others wait for',
  judge: ({ processes: seen }) => {
    const last = seen.history.at(-1);
    if (!last) return [];
    return [...last.sample.processes.values()].flatMap((process) => {
      const name = /qemu/.test(process.commandLine?.split(' ', 1)[0] ?? '') ? 'qemu-system-' : process.command;
      if (!/^[Tt]$/.test(process.state) || !WAITED_FOR.test(name)) return [];
      const stopped = seen.history.findLast(({ sample }) => {
        const then = sample.processes.get(process.pid);
        return then === undefined || then.startTicks !== process.startTicks || then.state !== process.state;
      });
      const first = seen.history.find(({ at }) => stopped === undefined || at > stopped.at);
      const seconds = last.at - (first?.at ?? last.at);
      if (seconds < LEAST_SECONDS) return [];
      const who = `${plain(process.command)} (${process.pid})${process.owner ? `, ${process.owner.kind} ${plain(process.owner.name)}` : ''}`;
      const how = process.state === 't' ? 'held by a debugger' : 'stopped by a signal (SIGSTOP)';
      return [
        {
          severity: 'crit' as const,
          subject: `${plain(process.command)} ${process.pid}`,
          sentence: `${who} stands still: ${how} for at least ${duration(seconds)}`,
          evidence: [{ what: 'state', value: process.state, source: `/proc/${process.pid}/stat` }],
          next:
            process.state === 't'
              ? 'find who traces it (TracerPid in its closer look) and have it let go'
              : 'find out who stopped it before anybody sends SIGCONT',
          pane: 'processes',
        },
      ];
    });
  },
});
