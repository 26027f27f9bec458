import { countOf, fields, items, json, textOf, textsOf } from '../../lib/json.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/** Socket of dockerd; root and the group docker may connect. */
export const DOCKER_SOCKET = '/run/docker.sock';

/**
 * Containers by dockerd: names, images, states. Read every 30 s only, since usage comes from cgroups and changes from its
 * events: a list costs dockerd half a millisecond, but it may be the daemon in trouble.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerList
 *
 *     [{"Id":"76d4…","Names":["/lab-done"],"Image":"lab/busybox:1","State":"exited","Status":"Exited (0) 44 seconds ago",…}]
 *
 * Status is text for people, and the only field of the list with exit code and health.
 */
export const docker = defineSource({
  id: 'docker',
  title: 'Docker containers',
  why: 'Shows containers by their names, with image, project, state, exit code and health.',
  everySeconds: 30,
  reads: {
    containers: {
      kind: 'talk',
      dialect: 'http',
      to: DOCKER_SOCKET,
      request: 'GET /containers/json?all=1',
      as: 'root',
    },
  },
  parse: ({ containers }) => ({ containers: containersOf(containers) }),
  identifiers: ({ containers }) =>
    (containers ?? []).flatMap(({ id, name, image, project }) => [
      ...named('container', [name]),
      ...named('image', [image]),
      ...named('project', [project]),
      ...named('id', [id, id.slice(0, 12)]),
    ]),
});

export interface DockerContainer {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly name: string | undefined;
  readonly image: string | undefined;
  /** created, running, paused, restarting, removing, exited, dead. */
  readonly state: string | undefined;
  readonly exitCode: number | undefined;
  /** healthy, unhealthy, starting; undefined where no health check is set. */
  readonly health: string | undefined;
  /** Project of docker compose or stack of swarm, from the labels. */
  readonly project: string | undefined;
  readonly service: string | undefined;
  readonly createdEpochSeconds: number | undefined;
}

/** Containers of a reply; undefined when it is not a list. */
export function containersOf(text: string | undefined): readonly DockerContainer[] | undefined {
  const list = json(text);
  if (!Array.isArray(list)) return undefined;
  return items(list).flatMap((item): DockerContainer[] => {
    const one = fields(item);
    const id = textOf(one['Id']);
    if (id === undefined) return [];
    const status = textOf(one['Status']);
    const labels = textsOf(one['Labels']);
    return [
      {
        id,
        name: items(one['Names']).map(textOf).find(ownName)?.replace(/^\//, ''),
        image: textOf(one['Image']),
        state: textOf(one['State']),
        exitCode: exitCodeOf(status),
        health: textOf(fields(one['Health'])['Status']) ?? healthOf(status),
        project: labels.get('com.docker.compose.project') ?? labels.get('com.docker.stack.namespace'),
        service: labels.get('com.docker.compose.service') ?? labels.get('com.docker.swarm.service.name'),
        createdEpochSeconds: countOf(one['Created']),
      },
    ];
  });
}

/** Whether a name is the container's: `/web`, not `/proxy/web`, its alias in a legacy link. */
const ownName = (name: string | undefined): boolean => name !== undefined && !name.slice(1).includes('/');

/** `Exited (137) 45 seconds ago`, `Restarting (3) 8 seconds ago`. */
function exitCodeOf(status: string | undefined): number | undefined {
  const code = /^(?:Exited|Restarting) \((\d{1,3})\)/.exec(status ?? '')?.[1];
  return code === undefined ? undefined : Number(code);
}

/** `Up 45 seconds (unhealthy)`, `Up 3 hours (health: starting)`. */
const healthOf = (status: string | undefined): string | undefined =>
  /\((?:health: )?(healthy|unhealthy|starting)\)$/.exec(status ?? '')?.[1];
