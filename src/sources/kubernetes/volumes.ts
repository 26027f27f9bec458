import { fields, items, json, numberOf, textOf } from '../../lib/json.ts';
import { KUBERNETES } from './pods.ts';
import { defineSource } from '../source.ts';

/** PodVolume is a mounted volume of a pod with the disk behind it; texts are raw. */
export interface PodVolume {
  readonly uid: string;
  /** csi, local-volume, rbd, nfs… */
  readonly plugin: string;
  /** Volume name in the pod; of CSI and local volumes that of the persistent volume. */
  readonly name: string;
  readonly fs: string | undefined;
  /** Source of the mount: `/dev/rbd0`, `server:/export`. */
  readonly source: string | undefined;
  readonly driver: string | undefined;
  /** Volume handle of the driver. */
  readonly handle: string | undefined;
  /** Name in /sys/class/block, of a disk or partition. */
  readonly device: string | undefined;
  /** Disk of the device. */
  readonly disk: string | undefined;
}

/** Mounts below the kubelet's folder of pods, in /proc/self/mountinfo: proc_pid_mountinfo(5). */
export const kubeVolumes = defineSource({
  id: 'kube-volumes',
  title: 'Volumes of pods',
  why: 'Links pods to the disks of their volumes, and back.',
  everySeconds: 30,
  value: 'low',
  reads: {
    volumes: { kind: 'talk', dialect: 'kubernetes', to: KUBERNETES, request: 'volumes', as: 'root', timeoutMs: 10_000 },
  },
  parse: ({ volumes: text }) => {
    const answer = fields(json(text));
    return {
      nowEpochSeconds: numberOf(answer['now']),
      volumes: text === undefined ? undefined : items(answer['volumes']).flatMap(volumeOf),
    };
  },
});

function volumeOf(value: unknown): readonly PodVolume[] {
  const one = fields(value);
  const [uid, plugin, name] = [textOf(one['uid']), textOf(one['plugin']), textOf(one['name'])];
  if (uid === undefined || plugin === undefined || name === undefined) return [];
  return [
    {
      uid,
      plugin,
      name,
      fs: textOf(one['fs']),
      source: textOf(one['source']),
      driver: textOf(one['driver']),
      handle: textOf(one['handle']),
      device: textOf(one['device']),
      disk: textOf(one['disk']),
    },
  ];
}
