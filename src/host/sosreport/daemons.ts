import type { DaemonGlobRead, DaemonRead } from '../host.ts';
import { asokReplies, clusterReply } from './ceph-outputs.ts';
import { dockerReply } from './docker-outputs.ts';
import { kubernetesReply } from './kubectl-outputs.ts';
import { libvirtReply } from './libvirt-outputs.ts';
import { lxdReply, lxdSocket } from './lxd-outputs.ts';
import { appctlReply, databaseReply } from './ovs-outputs.ts';
import { factsReply, netlinkReply } from './network-outputs.ts';
import { kernelLogReply } from './kernel-log-output.ts';
import type { Report } from './report.ts';

/** Reply from the output of a tool. */
export interface DaemonOutput {
  /** Socket → reply. */
  readonly replies: ReadonlyMap<string, string>;
  /**
   * Whether it stands for this read: a report does not have the folder in which a tool found its daemon, so one of the reads
   * of the same daemon in several folders gets the reply, and nothing is in the other folders.
   */
  readonly isHere: boolean;
}

/** Replies of daemons from the output of their tools; undefined when sos did not run them. */
export async function daemonOutput(
  what: DaemonRead | DaemonGlobRead,
  report: Report,
): Promise<DaemonOutput | undefined> {
  if (what.kind === 'talks') {
    const replies = await socketReplies(what, report);
    return replies.size === 0 ? undefined : { replies, isHere: FIRST_FOLDER.test(what.pattern) };
  }
  const text = await reply(what, report);
  if (text === undefined) return undefined;
  const isHere = what.dialect === 'libvirt' ? what.to.includes('/libvirt-sock') : what.dialect !== 'http' || (await isHttpPlace(what.to, report)); // prettier-ignore
  return { replies: new Map([[what.to, text]]), isHere };
}

const FIRST_FOLDER = /^\/var\/run\/(?:ceph\/\*-|openvswitch\/(?!ovn)|ovn\/)/;

async function isHttpPlace(to: string, { commands }: Report): Promise<boolean> {
  return to === DOCKER || to === (await lxdSocket(commands));
}

const DOCKER = '/run/docker.sock';

async function reply(what: DaemonRead, report: Report): Promise<string | undefined> {
  switch (what.dialect) {
    case 'rados':
      return clusterReply(what, report.commands);
    case 'http':
      return what.to === DOCKER ? dockerReply(what.request, report.commands) : lxdReply(what.request, report.commands);
    case 'libvirt':
      return libvirtReply(what.request, report);
    case 'kubernetes':
      return kubernetesReply(what.request, report);
    case 'postgresql':
    case 'mysql':
    case 'symbols':
    case 'redis':
    case 'memcached':
    case 'haproxy':
    case 'zookeeper':
    case 'mongodb':
    case 'openstack':
    case 'stacks':
      return undefined;
    case 'kmsg':
      return kernelLogReply(report);
    case 'netlink':
      return netlinkReply(what.request, report);
    case 'facts':
      return factsReply(what.request, report);
    case 'systemd':
    case 'asok':
    case 'unixctl':
    case 'ovsdb':
      return undefined;
  }
}

async function socketReplies(what: DaemonGlobRead, { commands }: Report): Promise<ReadonlyMap<string, string>> {
  if (what.dialect === 'asok') return asokReplies(what, commands);
  const text =
    what.dialect === 'unixctl'
      ? await appctlReply(what, commands)
      : what.dialect === 'ovsdb'
        ? await databaseReply(what, commands)
        : undefined;
  // The pattern stands for the socket.
  return new Map(text === undefined ? [] : [[what.pattern, text]]);
}
