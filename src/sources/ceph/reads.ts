import type { DaemonRead, DaemonGlobRead, DaemonReply } from '../../host/host.ts';

/** Reads of local daemons of one kind, one for each packaging's folder of admin sockets. */
export type DaemonReads = Readonly<Record<'packages' | 'cephadm' | 'microceph' | 'rook', DaemonGlobRead>>;

/**
 * Folders of admin sockets. Packages: `/var/run/ceph/<cluster>-osd.<id>.asok`; cephadm binds a folder named after the fsid
 * into its containers; MicroCeph has its run folder in the data of the snap; Rook shares one with its exporter.
 * https://docs.ceph.com/en/latest/rados/operations/monitoring/#using-the-admin-socket
 */
const FOLDERS = {
  packages: '/var/run/ceph',
  cephadm: '/var/run/ceph/*',
  microceph: '/var/snap/microceph/current/run',
  rook: '/var/lib/rook/exporter',
} as const;

export type CephRequest = Readonly<Record<string, string | number>> & { readonly prefix: string };

/** Request to local daemons: `which` is one id. Default: all. */
export function daemonReads(kind: 'osd' | 'mon', request: CephRequest, which = '*'): DaemonReads {
  const read = (folder: string): DaemonGlobRead => ({
    kind: 'talks',
    dialect: 'asok',
    pattern: `${folder}/*-${kind}.${which}.asok`,
    request: JSON.stringify(request),
    as: 'root',
  });
  return {
    packages: read(FOLDERS.packages),
    cephadm: read(FOLDERS.cephadm),
    microceph: read(FOLDERS.microceph),
    rook: read(FOLDERS.rook),
  };
}

/** Request to the cluster through librados: to `mon`, `mgr`, one OSD id, or `osds`. */
export const clusterRead = (to: string, request: CephRequest): DaemonRead => ({
  kind: 'talk',
  dialect: 'rados',
  to: '/etc/ceph/ceph.conf',
  request: JSON.stringify({ _to: to, ...request }),
  // A round over many OSDs ends after 8 s in the session itself.
  timeoutMs: to === 'osds' ? 9000 : 5000,
  as: 'root',
});

type DaemonReplies = Readonly<Record<keyof DaemonReads, ReadonlyMap<string, DaemonReply> | undefined>>;

/** Replies by daemon name (`osd.3`, `mon.a`); of two clusters on one host the first wins. */
export function byDaemon(replies: DaemonReplies): ReadonlyMap<string, DaemonReply> {
  const all = new Map<string, DaemonReply>();
  for (const place of ['packages', 'cephadm', 'microceph', 'rook'] as const)
    for (const [path, reply] of replies[place] ?? []) {
      const name = /-((?:osd|mon)\.[^/]+)\.asok$/.exec(path)?.[1];
      if (name !== undefined && !all.has(name)) all.set(name, reply);
    }
  return all;
}

export type OsdReplies = ReadonlyMap<number, DaemonReply>;

/** Replies of OSDs by id. */
export function byOsd(replies: DaemonReplies): OsdReplies {
  const all = new Map<number, DaemonReply>();
  for (const [name, reply] of byDaemon(replies)) {
    const id = /^osd\.(\d{1,9})$/.exec(name)?.[1];
    if (id !== undefined) all.set(Number(id), reply);
  }
  return all;
}
