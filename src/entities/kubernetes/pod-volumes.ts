import { kubePods } from '../../sources/kubernetes/pods.ts';
import { kubeVolumes, type PodVolume } from '../../sources/kubernetes/volumes.ts';
import type { Moment } from '../../timeline/moment.ts';

export const podVolumeNeeds = { kubePods, kubeVolumes };
type VolumeMoment = Moment<typeof podVolumeNeeds>;

/** LinkedPod is the row key and name of a pod, for links from objects of the host. Texts are raw. */
export interface LinkedPod {
  /** Row key in the Kubernetes pane. */
  readonly key: string;
  readonly name: string;
}

/** Volumes by the uid of their pod. */
export function volumesByPod({ now }: VolumeMoment['kubeVolumes']): ReadonlyMap<string, readonly PodVolume[]> {
  const all = new Map<string, PodVolume[]>();
  for (const volume of now?.volumes ?? []) all.set(volume.uid, [...(all.get(volume.uid) ?? []), volume]);
  return all;
}

/** Pods by the disk of a volume, and by its partition or mapped device. */
export function podsByDisk({ kubePods: pods, kubeVolumes }: VolumeMoment): ReadonlyMap<string, readonly LinkedPod[]> {
  const found = new Map<string, LinkedPod[]>();
  const volumes = kubeVolumes.now?.volumes ?? [];
  if (volumes.length === 0) return found;
  const named = new Map(pods.now?.table?.rows.map((pod) => [pod.uid, pod]));
  for (const { uid, disk, device } of volumes) {
    const pod = named.get(uid);
    const link = { key: pod?.configHash ?? uid, name: pod === undefined ? uid : `${pod.namespace}/${pod.name}` };
    for (const name of new Set([disk, device])) {
      const own = name === undefined ? undefined : (found.get(name) ?? []);
      if (name === undefined || own?.some(({ key }) => key === link.key)) continue;
      found.set(name, [...(own ?? []), link]);
    }
  }
  return found;
}
