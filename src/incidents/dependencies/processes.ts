import { containerKey } from '../../sources/containers/container-key.ts';
import { entityRef, hostResource, processRef, type EntityRef } from '../../findings/entity-ref.ts';
import { vethPeers } from '../../sources/containers/veth-peers.ts';
import { processes, type Process } from '../../sources/processes/processes.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

/** Daemons that findings name, by the command name of their process. */
const DAEMONS: ReadonlyMap<string, EntityRef> = new Map(
  (
    [
      ['dockerd', 'docker'],
      ['lxd', 'lxd'],
      ['incusd', 'incus'],
      ['libvirtd', 'libvirt'],
      ['virtqemud', 'libvirt'],
      ['ovs-vswitchd', 'ovs-vswitchd'],
      ['ovsdb-server', 'ovsdb-server'],
      ['ovn-controller', 'ovn-controller'],
      ['ovn-northd', 'ovn-northd'],
      ['kubelet', 'kubelet'],
      ['containerd', 'containerd'],
      ['corosync', 'corosync'],
      ['mysqld', 'mysqld'],
      ['mariadbd', 'mysqld'],
      ['lxcfs', 'lxcfs'],
      ['rsyslogd', 'rsyslog'],
      ['systemd-journal', 'journald'],
      ['kube-apiserver', 'kube-apiserver'],
      ['etcd', 'etcd'],
    ] as const
  ).map(([command, daemon]) => [command, entityRef('daemon', daemon)]),
);

/** Processes that lxd starts per container: `lxd forkstart NAME …`, `[lxc monitor] …`. */
const LXD_HELPER = /^(?:\[|\S+ fork)/;

const MON_ID = /\s(?:--id[ =]|-i ?|-n mon\.|--name[ =]mon\.)([^\s]{1,64})/;

/**
 * Daemon to its process; process to the container or unit whose cgroup it is in, and one in state D to the I/O of the host;
 * container to the host's end of its veth.
 */
export const processDependencies = defineDependencies({
  id: 'processes',
  needs: { processes, vethPeers },
  of: ({ processes: { now }, vethPeers: peers }) => {
    const found: Dependency[] = [];
    for (const [name, { pid }] of peers.now?.peers ?? []) {
      const process = pid === undefined ? undefined : now?.processes.get(pid);
      const container = containerKey(process?.owner);
      if (container !== undefined)
        found.push({
          dependent: entityRef('container', container),
          via: 'plugged-into',
          on: entityRef('nic', name),
        });
    }
    for (const process of now?.processes.values() ?? []) {
      if (process.kernelThread) continue;
      const self = processRef(process);
      for (const daemon of daemonsOf(process)) found.push({ dependent: daemon, via: 'runs-as', on: self });
      const group = groupOf(process);
      if (group) found.push({ dependent: self, via: 'member-of', on: group });
      if (process.state === 'D') found.push({ dependent: self, via: 'shares', on: hostResource('io') });
    }
    return found;
  },
});

/** Daemon that a process runs as, by its command name. */
export function daemonsOf({ command, commandLine }: Process): readonly EntityRef[] {
  const daemon = DAEMONS.get(command);
  if (daemon) return LXD_HELPER.test(commandLine ?? '') ? [] : [daemon];
  if (command === 'ceph-mgr') return [entityRef('mgr', 'active')];
  const mon = command === 'ceph-mon' ? MON_ID.exec(commandLine ?? '')?.[1] : undefined;
  return mon === undefined ? [] : [entityRef('mon', `mon.${mon}`)];
}

function groupOf({ owner }: Process): EntityRef | undefined {
  const container = containerKey(owner);
  if (container !== undefined) return entityRef('container', container);
  return owner?.kind === 'service' ? entityRef('unit', `${owner.name}.service`) : undefined;
}
