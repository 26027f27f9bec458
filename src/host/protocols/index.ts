import type { DialectName } from '../host.ts';
import { asok } from './ceph/asok.ts';
import type { Dialect } from './protocol.ts';
import { http } from './http/http.ts';
import { kubernetes } from './kubernetes/kubernetes.ts';
import { rados } from './ceph/rados.ts';
import { ovsdb } from './ovs/ovsdb.ts';
import { unixctl } from './ovs/unixctl.ts';
import { libvirt } from './kvm/libvirt.ts';

/** Every protocol that daemons are spoken to in. */
export const dialects: readonly Dialect[] = [http, libvirt, unixctl, ovsdb, asok, rados, kubernetes];

export const dialectOf = (name: DialectName): Dialect | undefined => dialects.find((one) => one.name === name);
