import type { ProtocolName } from '../host.ts';
import { asok } from './ceph/asok.ts';
import type { Protocol } from './protocol.ts';
import { http } from './http/http.ts';
import { kubernetes } from './kubernetes/kubernetes.ts';
import { rados } from './ceph/rados.ts';
import { ovsdb } from './ovs/ovsdb.ts';
import { unixctl } from './ovs/unixctl.ts';
import { libvirt } from './kvm/libvirt.ts';

/** Every protocol that daemons are spoken to in. */
export const protocols: readonly Protocol[] = [http, libvirt, unixctl, ovsdb, asok, rados, kubernetes];

export const protocolOf = (name: ProtocolName): Protocol | undefined => protocols.find((one) => one.name === name);
