import { epochSeconds } from '../../lib/iso-time.ts';
import { countOf, fields, flagOf, items, json, numberOf, textOf } from '../../lib/json.ts';
import { DOCKER_SOCKET } from './docker.ts';
import { defineDetail } from '../source.ts';

/** Container and engine to inspect: podman has the same API on another socket. */
export interface InspectTarget {
  readonly id: string;
  readonly engine: 'docker' | 'podman';
}

export const PODMAN_SOCKET = '/run/podman/podman.sock';

/**
 * One container while its detail is open: exit code, restarts, output of its health check. Its environment, which may hold
 * secrets, is dropped before the reply becomes a reading.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerInspect
 */
export const dockerInspect = defineDetail({
  id: 'docker-inspect',
  title: 'One Docker container',
  why: 'Shows limits, restarts, exit code, mounts and health check of one container while its detail is open.',
  example: { id: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', engine: 'docker' },
  everySeconds: 10,
  reads: ({ id, engine }: InspectTarget) => ({
    inspect: {
      kind: 'talk',
      dialect: 'http',
      to: engine === 'podman' ? PODMAN_SOCKET : DOCKER_SOCKET,
      request: `GET /containers/${id}/json`,
      as: 'root',
    },
  }),
  parse: ({ inspect }) => (inspect === undefined ? undefined : inspected(inspect)),
});

export type Inspected = ReturnType<typeof inspected>;

function inspected(text: string) {
  const answer = fields(json(text));
  const state = fields(answer['State']);
  const health = fields(state['Health']);
  const host = fields(answer['HostConfig']);
  const config = fields(answer['Config']);
  const check = items(health['Log']).map(fields).at(-1);
  return {
    name: textOf(answer['Name'])?.replace(/^\//, ''),
    image: textOf(config['Image']),
    path: [answer['Path'], ...items(answer['Args'])].flatMap((word) => textOf(word) ?? []).join(' '),
    /** File of its log; '' with a log driver that keeps it elsewhere. */
    logPath: typeof answer['LogPath'] === 'string' ? answer['LogPath'] : undefined,
    status: textOf(state['Status']),
    pid: countOf(state['Pid']) || undefined,
    oomKilled: flagOf(state['OOMKilled']),
    exitCode: countOf(state['ExitCode']),
    error: textOf(state['Error']),
    startedEpochSeconds: epochSeconds(textOf(state['StartedAt'])),
    finishedEpochSeconds: epochSeconds(textOf(state['FinishedAt'])),
    restarts: countOf(answer['RestartCount']),
    restartPolicy: textOf(fields(host['RestartPolicy'])['Name']),
    health: textOf(health['Status']),
    failingStreak: countOf(health['FailingStreak']),
    healthOutput: textOf(check?.['Output']),
    privileged: flagOf(host['Privileged']),
    networkMode: textOf(host['NetworkMode']),
    /** 0 means no limit. */
    memoryBytes: countOf(host['Memory']) || undefined,
    nanoCpus: countOf(host['NanoCpus']) || undefined,
    pidsLimit: positive(numberOf(host['PidsLimit'])),
    addresses: Object.values(fields(fields(answer['NetworkSettings'])['Networks'])).flatMap(
      (network) => textOf(fields(network)['IPAddress']) ?? [],
    ),
    mounts: items(answer['Mounts']).map((mount) => ({
      type: textOf(fields(mount)['Type']),
      source: textOf(fields(mount)['Source']),
      destination: textOf(fields(mount)['Destination']),
      writable: flagOf(fields(mount)['RW']),
    })),
  };
}

const positive = (value: number | undefined): number | undefined =>
  value !== undefined && value > 0 ? value : undefined;
