import type { Owner } from './cgroup-owner.ts';

/** Key that joins cgroups, processes and lists of daemons; undefined for an owner that is not a container. */
export function containerKey(owner: Owner | undefined): string | undefined {
  switch (owner?.kind) {
    case 'docker':
    case 'podman':
    case 'containerd':
    case 'cri-o':
      return owner.id === undefined ? undefined : idKey(owner.id);
    // The pod's own group holds no process but those of its containers.
    case 'pod':
      return owner.container === undefined ? undefined : idKey(owner.container);
    case 'lxc':
      return lxcKey(owner.name);
    case 'nspawn':
      return `nspawn:${owner.name}`;
    case 'guest':
    case 'service':
    case 'user':
    case undefined:
      return undefined;
  }
}

export const idKey = (id: string): string => `id:${id}`;
export const lxcKey = (name: string): string => `lxc:${name}`;
