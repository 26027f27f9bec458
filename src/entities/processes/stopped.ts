import { serviceOfCommand } from '../openstack/service-name.ts';
import type { processes, Process } from '../../sources/processes/processes.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Entry } from '../../timeline/moment.ts';

/** Daemons that others wait for; anything else may be stopped on purpose. */
const WAITED_FOR =
  /^(qemu-system-.*|qemu-kvm|kvm|ceph-(osd|mon|mgr|mds)|libvirtd|virtqemud|ovs-vswitchd|ovsdb-server|ovn-(controller|northd)|kubelet|kube-apiserver|etcd|containerd|dockerd|lxd|mysqld|mariadbd|postgres|mongod|redis-server|valkey-server|memcached|haproxy|beam\.smp|sshd|systemd.*)$/;
/** Java that is a service (ZooKeeper, Kafka): in a session it may be stopped on purpose. */
const isJavaService = ({ command, owner }: Process): boolean =>
  command === 'java' && owner !== undefined && /^(?:service|pod|docker)$/.test(owner.kind) && !owner.name.startsWith('user@'); // prettier-ignore
/** Longer than a debugger takes for a backtrace. */
const LEAST_SECONDS = 3;

export interface StoppedProcess {
  readonly process: Process;
  /** Its command; of a service of OpenStack, whose interpreter may be that, the service. */
  readonly name: string;
  /** Time for which it was seen stopped. */
  readonly seconds: number;
}

/** Daemons in state T (SIGSTOP) or t (traced) for some seconds. */
export function stoppedDaemons(history: readonly Entry<SampleOf<typeof processes>>[]): readonly StoppedProcess[] {
  const last = history.at(-1);
  if (!last) return [];
  return [...last.sample.processes.values()].flatMap((process) => {
    if (!/^[Tt]$/.test(process.state)) return [];
    const service = serviceOfCommand(process.commandLine);
    const name = /qemu/.test(process.commandLine?.split(' ', 1)[0] ?? '') ? 'qemu-system-' : process.command;
    if (service === undefined && !WAITED_FOR.test(name) && !isJavaService(process)) return [];
    const running = history.findLast(({ sample }) => {
      const then = sample.processes.get(process.pid);
      return then === undefined || then.startTicks !== process.startTicks || then.state !== process.state;
    });
    const first = history.find(({ at }) => running === undefined || at > running.at);
    const seconds = last.at - (first?.at ?? last.at);
    return seconds < LEAST_SECONDS ? [] : [{ process, name: service ?? process.command, seconds }];
  });
}
