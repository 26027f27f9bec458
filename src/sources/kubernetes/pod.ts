import { fields, flagOf, items, json, textOf } from '../../lib/json.ts';
import { kubeEventOf } from './events.ts';
import { podOf } from './objects.ts';
import { KUBERNETES } from './pods.ts';
import { defineDetail } from '../source.ts';

export interface PodMount {
  readonly container: string;
  readonly path: string;
  readonly volume: string;
  readonly readOnly: boolean;
  /** Mounted volume: `configMap settings`, `persistentVolumeClaim data`, `hostPath /var/log`. */
  readonly what: string;
}

const readOf = (request: string) =>
  ({ kind: 'talk', dialect: 'kubernetes', to: KUBERNETES, request, as: 'root', timeoutMs: 9000 }) as const;

/** One pod with its images, mounts and events, read while its details are open. */
export const kubePod = defineDetail({
  id: 'kube-pod',
  title: 'One pod',
  why: 'Shows containers, conditions, mounts by name and events of the open pod; no environment, no content of a Secret or ConfigMap.',
  everySeconds: 4,
  example: { namespace: 'shop', name: 'web-0' },
  reads: ({ namespace, name }: { readonly namespace: string; readonly name: string }) => ({
    pod: readOf(`pod ${namespace}/${name}`),
    events: readOf(`events ${namespace}/${name}`),
  }),
  parse: ({ pod, events }) => {
    const value = json(pod);
    const spec = fields(fields(value)['spec']);
    const status = fields(fields(value)['status']);
    const eventList = json(events);
    return {
      pod: podOf(value),
      serviceAccount: textOf(spec['serviceAccountName']),
      mounts: [...items(spec['initContainers']), ...items(spec['containers'])].flatMap((one) =>
        mountsOf(one, spec['volumes']),
      ),
      /** Image IDs by container: a tag may since name another image. */
      imageIds: new Map(
        [...items(status['initContainerStatuses']), ...items(status['containerStatuses'])].flatMap((item) => {
          const { name, imageID } = fields(item);
          const [container, id] = [textOf(name), textOf(imageID)];
          return container === undefined || id === undefined ? [] : [[container, id] as const];
        }),
      ),
      events: Array.isArray(eventList) ? items(eventList).flatMap((one) => kubeEventOf(one) ?? []) : undefined,
    };
  },
});

function mountsOf(value: unknown, volumes: unknown): readonly PodMount[] {
  const container = fields(value);
  return items(container['volumeMounts']).flatMap((item) => {
    const mount = fields(item);
    const [path, volume] = [textOf(mount['mountPath']), textOf(mount['name'])];
    if (path === undefined || volume === undefined) return [];
    const source = items(volumes)
      .map(fields)
      .find((one) => one['name'] === volume);
    return [
      {
        container: textOf(container['name']) ?? '',
        path,
        volume,
        readOnly: flagOf(mount['readOnly']) ?? false,
        what: whatOf(source),
      },
    ];
  });
}

/** `{"name":"v","configMap":{"name":"settings"}}` → `configMap settings`. */
function whatOf(volume: Readonly<Record<string, unknown>> | undefined): string {
  const [kind, about] = Object.entries(volume ?? {}).find(([key]) => key !== 'name') ?? [];
  if (kind === undefined) return '';
  const of = fields(about);
  const name = ['name', 'secretName', 'claimName', 'path', 'server', 'driver', 'medium']
    .map((key) => textOf(of[key]))
    .find((one) => one !== undefined);
  return name === undefined ? kind : `${kind} ${name}`;
}
