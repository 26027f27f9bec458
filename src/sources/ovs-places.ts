import { missing, type Missing, type TalksRead, type Told } from '../host/host.ts';

/**
 * Sockets of Open vSwitch and OVN have the pid of their daemon in their names: `ovs-vswitchd.812.ctl`. Debian, Ubuntu,
 * kolla and OVN-Kubernetes keep them below /var/run; the snaps (MicroOVN, openstack-hypervisor) below their own folder.
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

/** One question to a daemon of OVN: `ovn-controller.*`, `ovn-northd.*`, `ovnsb_db`. */
export const ovnDaemon = (daemon: string, request: string): TalksRead =>
  asked('unixctl', `${RUN.ovn}/${daemon}.ctl`, request);
export const snapOvnDaemon = (daemon: string, request: string): TalksRead =>
  asked('unixctl', `${SNAP}/${daemon}.ctl`, request);

/** The tables of a database that are followed. */
export const tablesOf = (socket: 'db' | 'ovnnb_db' | 'ovnsb_db', database: string): TalksRead =>
  asked('ovsdb', `${socket === 'db' ? RUN.switch : RUN.ovn}/${socket}.sock`, `tables ${database}`);
export const snapTablesOf = (socket: 'db' | 'ovnnb_db' | 'ovnsb_db', database: string): TalksRead =>
  asked('ovsdb', `${SNAP}/${socket}.sock`, `tables ${database}`);

export type Heard = ReadonlyMap<string, Told> | undefined;

/** What a daemon said, from whichever of its places; sockets that a dead one left behind count only when no other answers. */
export function saidBy(...heard: readonly Heard[]): {
  readonly text: string | undefined;
  readonly silent: Missing | undefined;
} {
  let silent: Missing | undefined;
  for (const places of heard)
    for (const [path, told] of places ?? []) {
      if (told.ok) return { text: told.text, silent: undefined };
      if (told.why !== 'absent') silent ??= missing(told.why, `${path}: ${told.detail}`);
    }
  return { text: undefined, silent };
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
