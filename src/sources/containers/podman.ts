import { epochSeconds } from '../../lib/iso-time.ts';
import { fields, items, json, textOf } from '../../lib/json.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Names of the containers of podman and CRI-O, from the lists that containers/storage keeps for root and for each user. Not from podman's socket:
 * podman has no daemon, and to connect there would start one each time. Whether a container runs is known from its cgroup.
 * https://github.com/containers/storage/blob/main/containers.go
 *
 *     [{"id":"4f1e…","names":["web"],"image":"…","metadata":"{\"image-name\":\"docker.io/library/nginx:latest\",…}","created":"2026-…"}]
 */
export const podman = defineSource({
  id: 'podman',
  title: 'Podman and CRI-O containers',
  why: 'Shows containers of podman and CRI-O by their names and images.',
  everySeconds: 15,
  reads: {
    list: { kind: 'file', path: '/var/lib/containers/storage/overlay-containers/containers.json', as: 'root' },
    ofUsers: {
      kind: 'glob',
      pattern: '/home/*/.local/share/containers/storage/*-containers/containers.json',
      as: 'root',
    },
  },
  parse: ({ list, ofUsers }) => ({
    containers: [
      ...storedIn(list, undefined),
      ...[...(ofUsers ?? [])].flatMap(([path, text]) => storedIn(text, path.split('/')[2])),
    ],
  }),
  identifiers: ({ containers }) =>
    containers.flatMap(({ id, name, image, user }) => [
      ...named('user', [user]),
      ...named('container', [name]),
      ...named('image', [image]),
      ...named('id', [id, id.slice(0, 12)]),
    ]),
});

export interface StoredContainer {
  readonly id: string;
  readonly name: string | undefined;
  readonly image: string | undefined;
  readonly createdEpochSeconds: number | undefined;
  /** Owner, by the name of the home directory; undefined for root. */
  readonly user: string | undefined;
}

const storedIn = (list: string | undefined, user: string | undefined): readonly StoredContainer[] =>
  items(json(list)).flatMap((item): StoredContainer[] => {
    const one = fields(item);
    const id = textOf(one['id']);
    if (id === undefined) return [];
    const metadata = fields(json(textOf(one['metadata'])));
    return [
      {
        id,
        name: textOf(items(one['names'])[0]) ?? textOf(metadata['name']),
        image: textOf(metadata['image-name']),
        createdEpochSeconds: epochSeconds(textOf(one['created'])),
        user,
      },
    ];
  });
