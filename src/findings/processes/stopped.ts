import { plain } from '../../lib/plain.ts';
import { span } from '../../lib/units.ts';
import { processes } from '../../sources/processes/processes.ts';
import { processRef } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';

/** Daemons that others wait for; anything else may be stopped on purpose. */
const WAITED_FOR =
  /^(qemu-system-.*|qemu-kvm|kvm|ceph-(osd|mon|mgr|mds)|libvirtd|virtqemud|ovs-vswitchd|ovsdb-server|ovn-(controller|northd)|kubelet|kube-apiserver|etcd|containerd|dockerd|lxd|mysqld|mariadbd|postgres|mongod|beam\.smp|sshd|systemd.*)$/;
/** Longer than a debugger takes for a backtrace. */
const LEAST_SECONDS = 3;

/** Daemon in state T (SIGSTOP) or t (traced). */
export const processStopped = defineFinding({
  id: 'process-stopped',
  title: 'Daemon stopped',
  needs: { processes },
  authority: 'own: state T or t for 3 s in a daemon that others wait for',
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
      const owner = process.owner ? `, ${process.owner.kind} ${plain(process.owner.name)}` : '';
      const condition = process.state === 't' ? 'stopped by a tracer (ptrace)' : 'stopped (SIGSTOP)';
      return [
        {
          severity: 'crit' as const,
          subject: `${plain(process.command)}[${process.pid}]`,
          entity: processRef(process),
          sentence: `${condition} for ≥ ${span(seconds)}${owner}`,
          evidence: [{ what: 'state', value: process.state, source: `/proc/${process.pid}/stat` }],
          next:
            process.state === 't'
              ? 'open Processes, enter: TracerPid; detach that tracer'
              : `find the sender of SIGSTOP, then \`kill -CONT ${process.pid}\``,
          pane: 'processes',
        },
      ];
    });
  },
});
