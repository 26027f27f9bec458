import { missing, type Missing, type FallbackOrigin, type TalksRead, type DaemonReply } from '../../host/host.ts';

/**
 * Sockets of Open vSwitch and OVN have the pid of their daemon in their names: `ovs-vswitchd.812.ctl`. Debian, Ubuntu and
 * OVN-Kubernetes keep them below /var/run; kolla, and OVN before 20.03, those of OVN in the folder of the switch; the snaps
 * (MicroOVN: switch, chassis, central; openstack-hypervisor: openvswitch, ovn) below their own.
 */
const RUN = { switch: '/var/run/openvswitch', ovn: '/var/run/ovn' } as const;
const SNAP = '/var/snap/*/common/run/*';

const asked = (dialect: 'unixctl' | 'ovsdb', pattern: string, request: string): TalksRead => ({
  kind: 'talks',
  dialect,
  pattern,
  request,
  as: 'root',
});

/** One question to ovs-vswitchd, wherever it keeps its socket. */
export const switchd = (request: string): TalksRead => asked('unixctl', `${RUN.switch}/ovs-vswitchd.*.ctl`, request);
export const snapSwitchd = (request: string): TalksRead => asked('unixctl', `${SNAP}/ovs-vswitchd.*.ctl`, request);

type OvnReads<Name extends string> = Readonly<
  Record<Name | `snap${Capitalize<Name>}` | `shared${Capitalize<Name>}`, TalksRead>
>;

// `name` and its two other forms are the keys by the type above.
const inOvnPlaces = <Name extends string>(name: Name, read: (folder: string) => TalksRead): OvnReads<Name> =>
  ({
    [name]: read(RUN.ovn),
    [`snap${capital(name)}`]: read(SNAP),
    [`shared${capital(name)}`]: read(RUN.switch),
  }) as OvnReads<Name>;
const capital = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1);

/** One question to a daemon of OVN: `ovn-controller.*`, `ovn-northd.*`, `ovnsb_db`. */
export const ovnDaemon = <Name extends string>(name: Name, daemon: string, request: string): OvnReads<Name> =>
  inOvnPlaces(name, (folder) => asked('unixctl', `${folder}/${daemon}.ctl`, request));

/** The tables of a database of OVN that are followed. */
export const ovnTables = <Name extends string>(name: Name, socket: string, database: string): OvnReads<Name> =>
  inOvnPlaces(name, (folder) => asked('ovsdb', `${folder}/${socket}.sock`, `tables ${database}`));

/** What was said to one of these questions, in whichever place. */
export const ovnSaid = <Name extends string>(
  values: Readonly<Record<keyof OvnReads<Name>, Replies>>,
  name: Name,
): ReturnType<typeof replyOf> => {
  const by: Readonly<Record<string, Replies>> = values;
  return replyOf(by[name], by[`snap${capital(name)}`], by[`shared${capital(name)}`]);
};

/** The tables of the switch's own database that are followed. */
export const switchTables: TalksRead = asked('ovsdb', `${RUN.switch}/db.sock`, 'tables Open_vSwitch');
export const snapSwitchTables: TalksRead = asked('ovsdb', `${SNAP}/db.sock`, 'tables Open_vSwitch');

export type Replies = ReadonlyMap<string, DaemonReply> | undefined;

/** What a daemon said, from whichever of its places; sockets that a dead one left behind count only when no other answers. */
export function replyOf(...heard: readonly Replies[]): {
  readonly text: string | undefined;
  readonly silent: Missing | undefined;
  /** Where not the daemon told it, but a command in its stead. */
  readonly instead: FallbackOrigin | undefined;
} {
  let silent: Missing | undefined;
  for (const places of heard)
    for (const [path, told] of places ?? []) {
      if (told.ok) return { text: told.text, silent: undefined, instead: told.instead };
      if (told.why !== 'absent') silent ??= missing(told.why, `${path}: ${told.detail}`);
    }
  return { text: undefined, silent, instead: undefined };
}

/** `== name` and what stands below it: the answers of each bridge or datapath, one after the other. */
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
