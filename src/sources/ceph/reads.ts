import type { TalkRead, TalksRead, DaemonReply } from '../../host/host.ts';

/** A question to the local daemons of one kind, in every place where a packaging has their admin sockets on the host. */
export type DaemonReads = Readonly<Record<'packages' | 'cephadm' | 'microceph' | 'rook', TalksRead>>;

/**
 * Packages: `/var/run/ceph/<cluster>-osd.<id>.asok`; cephadm binds a folder named after the cluster's fsid into its
 * containers; MicroCeph has its run folder in the snap's data; Rook shares one with its exporter.
 * https://docs.ceph.com/en/latest/rados/operations/monitoring/#using-the-admin-socket
 */
const FOLDERS = {
  packages: '/var/run/ceph',
  cephadm: '/var/run/ceph/*',
  microceph: '/var/snap/microceph/current/run',
  rook: '/var/lib/rook/exporter',
} as const;

export type CephQuestion = Readonly<Record<string, string | number>> & { readonly prefix: string };

/** `which`: one of them by its name, else all. */
export function askDaemons(kind: 'osd' | 'mon', question: CephQuestion, which = '*'): DaemonReads {
  const read = (folder: string): TalksRead => ({
    kind: 'talks',
    dialect: 'asok',
    pattern: `${folder}/*-${kind}.${which}.asok`,
    request: JSON.stringify(question),
    as: 'root',
  });
  return {
    packages: read(FOLDERS.packages),
    cephadm: read(FOLDERS.cephadm),
    microceph: read(FOLDERS.microceph),
    rook: read(FOLDERS.rook),
  };
}

/** A question to the cluster through librados: `mon`, `mgr`, one OSD, or `osds`. */
export const askCluster = (to: string, question: CephQuestion): TalkRead => ({
  kind: 'talk',
  dialect: 'rados',
  to: '/etc/ceph/ceph.conf',
  request: JSON.stringify({ _to: to, ...question }),
  // A round over many OSDs gives up by itself after 8 s.
  timeoutMs: to === 'osds' ? 9000 : 5000,
  as: 'root',
});

type DaemonAnswers = Readonly<Record<keyof DaemonReads, ReadonlyMap<string, DaemonReply> | undefined>>;

/** What each daemon said, by its name: `osd.3`, `mon.a`; of two clusters on one host the first is taken. */
export function byDaemon(answers: DaemonAnswers): ReadonlyMap<string, DaemonReply> {
  const all = new Map<string, DaemonReply>();
  for (const place of ['packages', 'cephadm', 'microceph', 'rook'] as const)
    for (const [path, told] of answers[place] ?? []) {
      const name = /-((?:osd|mon)\.[^/]+)\.asok$/.exec(path)?.[1];
      if (name !== undefined && !all.has(name)) all.set(name, told);
    }
  return all;
}

export type OsdReplies = ReadonlyMap<number, DaemonReply>;

/** The same for OSDs, by their number. */
export function byOsd(answers: DaemonAnswers): OsdReplies {
  const all = new Map<number, DaemonReply>();
  for (const [name, told] of byDaemon(answers)) {
    const id = /^osd\.(\d{1,9})$/.exec(name)?.[1];
    if (id !== undefined) all.set(Number(id), told);
  }
  return all;
}
