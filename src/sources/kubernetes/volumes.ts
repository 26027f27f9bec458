import { fields, items, json, numberOf, textOf } from '../../lib/json.ts';
import { KUBERNETES } from './pods.ts';
import { defineSource } from '../source.ts';

/** A volume that is mounted for a pod, and the disk behind it; texts are raw. */
export interface PodVolume {
  readonly uid: string;
  /** csi, local-volume, rbd, nfs… */
  readonly plugin: string;
  /** Of CSI and local volumes the name of the persistent volume. */
  readonly name: string;
  readonly fs: string | undefined;
  /** What is mounted: `/dev/rbd0`, `server:/export`. */
  readonly source: string | undefined;
  readonly driver: string | undefined;
  /** As the driver calls the volume. */
  readonly handle: string | undefined;
  /** Name in /sys/class/block, a partition's too. */
  readonly device: string | undefined;
  /** The whole disk that it is on. */
  readonly disk: string | undefined;
}

/** Mounts below the kubelet's folder of pods, in /proc/self/mountinfo: proc_pid_mountinfo(5). */
export const kubeVolumes = defineSource({
  id: 'kube-volumes',
  title: 'Volumes of pods',
  why: 'Leads from a pod to the disk that serves it, and back.',
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
