import { lines, toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * Clients of Ceph in the kernel (RBD, CephFS) with their requests in flight: net/ceph/debugfs.c, fs/ceph/debugfs.c. A folder is
 * `FSID.clientID`; that of CephFS has `mdsc`. Debugfs is for root alone.
 *
 *     …/osdc     REQUESTS 1 homeless 0
 *                4	osd3	2.7e6b2f4f	2.36	[3,1]/3	[3,1]/3	e40	rbd_data.1234.0000000000000a	0x400024	1	write
 *                LINGER REQUESTS
 *     …/mdsc     12	mds0	create	#10000000000/name
 *     …/monc     have osdmap 40 want 41
 *     …/status   blocklisted: false
 */
export const cephClients = defineSource({
  id: 'ceph-clients',
  title: 'Ceph clients of the kernel',
  why: 'Shows requests of mapped RBD images and CephFS mounts that wait for an OSD or an MDS.',
  everySeconds: 10,
  reads: {
    osds: { kind: 'glob', pattern: '/sys/kernel/debug/ceph/*/osdc', as: 'root' },
    mdss: { kind: 'glob', pattern: '/sys/kernel/debug/ceph/*/mdsc', as: 'root' },
    mons: { kind: 'glob', pattern: '/sys/kernel/debug/ceph/*/monc', as: 'root' },
    states: { kind: 'glob', pattern: '/sys/kernel/debug/ceph/*/status', as: 'root' },
    images: { kind: 'glob', pattern: '/sys/bus/rbd/devices/*/client_id' },
  },
  weightKiB: (sample: readonly CephClient[] | undefined) => (sample ?? []).reduce((sum, { requests }) => sum + 0.5 + requests.length * 0.2, 0), // prettier-ignore
  parse: ({ osds, mdss, mons, states, images }): readonly CephClient[] | undefined =>
    osds &&
    [...osds].flatMap(([path, osdc]): CephClient[] => {
      const name = path.split('/')[5] ?? '';
      const id = /\.(client\d+)$/.exec(name)?.[1];
      if (id === undefined) return [];
      const folder = `/sys/kernel/debug/ceph/${name}`;
      const mdsc = mdss?.get(`${folder}/mdsc`);
      const [, homeless] = /^REQUESTS \d+ homeless (\d+)/.exec(osdc) ?? [];
      const requests = [...osdRequests(osdc), ...(mdsc === undefined ? [] : mdsRequests(mdsc))];
      const rbd = [...(images ?? [])].flatMap(([image, client]) => (client.trim() === id ? [`rbd${image.split('/')[5] ?? ''}`] : [])); // prettier-ignore
      return [
        {
          name,
          kind: mdsc === undefined ? 'RBD' : 'CephFS',
          devices: rbd.toSorted(),
          homeless: toCount(homeless) ?? 0,
          requests: requests.slice(0, MOST),
          left: Math.max(0, requests.length - MOST),
          awaitsMap: /^have osdmap \d+ want \d+/m.test(mons?.get(`${folder}/monc`) ?? ''),
          isBlocklisted: /^blocklisted: true/m.test(states?.get(`${folder}/status`) ?? ''),
        },
      ];
    }),
});

export interface CephClient {
  /** `FSID.client4123`. */
  readonly name: string;
  readonly kind: 'RBD' | 'CephFS';
  /** Of RBD: `rbd0`. */
  readonly devices: readonly string[];
  /** Requests without an OSD that could take them: all OSDs of the PG are down. */
  readonly homeless: number;
  readonly requests: readonly CephRequest[];
  /** Requests beyond the limit. */
  readonly left: number;
  /** Waits for a newer OSD map from the monitors. */
  readonly awaitsMap: boolean;
  /** The cluster evicted it: all its I/O fails. Known of CephFS only. */
  readonly isBlocklisted: boolean;
}

/** Request in flight. */
export interface CephRequest {
  /** Number of the request, unique in its client. */
  readonly tid: string;
  /** `osd.3`, `mds.0`; undefined while it has none. */
  readonly daemon: string | undefined;
  /** `write`, `create`. */
  readonly operation: string;
  /** Object of an OSD (hostile text). */
  readonly object: string | undefined;
  readonly attempts: number | undefined;
}

const MOST = 500;

const osdRequests = (text: string): readonly CephRequest[] =>
  lines(text.split(/^LINGER REQUESTS$/m)[0] ?? '').flatMap((line): CephRequest[] => {
    const cells = line.split('\t');
    const [tid = '', osd = ''] = cells;
    const number = /^osd(-?\d+)$/.exec(osd)?.[1];
    if (!/^\d+$/.test(tid) || number === undefined) return [];
    // A paused target has `P` after its flags.
    const [object, , ...rest] = cells.slice(7);
    const [attempts, operation = ''] = rest[0] === 'P' ? rest.slice(1) : rest;
    return [{ tid, daemon: number === '-1' ? undefined : `osd.${number}`, operation, object, attempts: toCount(attempts) }]; // prettier-ignore
  });

const mdsRequests = (text: string): readonly CephRequest[] =>
  lines(text).flatMap((line): CephRequest[] => {
    const [tid = '', mds = '', operation = ''] = line.split('\t');
    if (!/^\d+$/.test(tid)) return [];
    const number = /^mds(\d+)$/.exec(mds)?.[1];
    return [{ tid, daemon: number === undefined ? undefined : `mds.${number}`, operation, object: undefined, attempts: undefined }]; // prettier-ignore
  });
