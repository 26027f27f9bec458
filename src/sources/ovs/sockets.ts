import { missing, type Missing, type FallbackOrigin, type DaemonGlobRead, type DaemonReply } from '../../host/host.ts';

/**
 * Control sockets of Open vSwitch and OVN, with the pid of the daemon in the name: `ovs-vswitchd.812.ctl`. Debian, Ubuntu and
 * OVN-Kubernetes keep them below /var/run; kolla, and OVN before 20.03, have those of OVN in the folder of Open vSwitch; snaps
 * (MicroOVN: switch, chassis, central; openstack-hypervisor: openvswitch, ovn) below /var/snap.
 */
const RUN = { switch: '/var/run/openvswitch', ovn: '/var/run/ovn' } as const;
const SNAP = '/var/snap/*/common/run/*';

const daemonRead = (dialect: 'unixctl' | 'ovsdb', pattern: string, request: string): DaemonGlobRead => ({
  kind: 'talks',
  dialect,
  pattern,
  request,
  as: 'root',
});

/** Request to ovs-vswitchd. */
export const switchd = (request: string): DaemonGlobRead =>
  daemonRead('unixctl', `${RUN.switch}/ovs-vswitchd.*.ctl`, request);
export const snapSwitchd = (request: string): DaemonGlobRead =>
  daemonRead('unixctl', `${SNAP}/ovs-vswitchd.*.ctl`, request);

type OvnReads<Name extends string> = Readonly<
  Record<Name | `snap${Capitalize<Name>}` | `shared${Capitalize<Name>}`, DaemonGlobRead>
>;

// `name` and its two other forms are the keys by the type above.
const inOvnFolders = <Name extends string>(name: Name, read: (folder: string) => DaemonGlobRead): OvnReads<Name> =>
  ({
    [name]: read(RUN.ovn),
    [`snap${capital(name)}`]: read(SNAP),
    [`shared${capital(name)}`]: read(RUN.switch),
  }) as OvnReads<Name>;
const capital = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1);

/** Request to a daemon of OVN, in each of its folders: `ovn-controller.*`, `ovn-northd.*`, `ovnsb_db`. */
export const ovnDaemon = <Name extends string>(name: Name, daemon: string, request: string): OvnReads<Name> =>
  inOvnFolders(name, (folder) => daemonRead('unixctl', `${folder}/${daemon}.ctl`, request));

/** Monitored tables of an OVN database. */
export const ovnTables = <Name extends string>(name: Name, socket: string, database: string): OvnReads<Name> =>
  inOvnFolders(name, (folder) => daemonRead('ovsdb', `${folder}/${socket}.sock`, `tables ${database}`));

/** Query of an OVN database: `ovsdb-queries.ts`. */
export const ovnQuery = <Name extends string>(name: Name, socket: string, query: string): OvnReads<Name> =>
  inOvnFolders(name, (folder) => daemonRead('ovsdb', `${folder}/${socket}.sock`, query));

/** Reply to one of these requests, from any folder. */
export const ovnReplyOf = <Name extends string>(
  values: Readonly<Record<keyof OvnReads<Name>, Replies>>,
  name: Name,
): ReturnType<typeof replyOf> => {
  const by: Readonly<Record<string, Replies>> = values;
  return replyOf(by[name], by[`snap${capital(name)}`], by[`shared${capital(name)}`]);
};

/** Monitored tables of the Open_vSwitch database. */
export const switchTables: DaemonGlobRead = daemonRead('ovsdb', `${RUN.switch}/db.sock`, 'tables Open_vSwitch');
export const snapSwitchTables: DaemonGlobRead = daemonRead('ovsdb', `${SNAP}/db.sock`, 'tables Open_vSwitch');

export type Replies = ReadonlyMap<string, DaemonReply> | undefined;

/** Reply of a daemon from any of its sockets; stale sockets of a dead one count only without any other reply. */
export function replyOf(...bySocket: readonly Replies[]): {
  readonly text: string | undefined;
  readonly silent: Missing | undefined;
  /** Fallback command that replied in place of the daemon. */
  readonly instead: FallbackOrigin | undefined;
} {
  let silent: Missing | undefined;
  for (const replies of bySocket)
    for (const [path, reply] of replies ?? []) {
      if (reply.ok) return { text: reply.text, silent: undefined, instead: reply.instead };
      if (reply.why !== 'absent') silent ??= missing(reply.why, `${path}: ${reply.detail}`);
    }
  return { text: undefined, silent, instead: undefined };
}

/** Replies per bridge or datapath, each below `== name`. */
export function parts(
  text: string | undefined,
): readonly { readonly name: string; readonly notRead: string | undefined; readonly text: string }[] {
  if (text === undefined) return [];
  return text
    .split(/^== /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      const head = end < 0 ? part : part.slice(0, end);
      const [, name, notRead] = /^(\S+)(?: not read: (.*))?$/.exec(head) ?? [];
      return { name: name ?? head, notRead, text: end < 0 ? '' : part.slice(end + 1) };
    });
}
