import { fields, flagOf, items, json, textOf } from '../../lib/json.ts';
import { DOCKER_SOCKET } from './docker.ts';
import { defineSource } from '../source.ts';

/**
 * Version and settings of dockerd. Read once a minute only: dockerd runs `runc --version` for each reply.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemInfo
 */
export const dockerInfo = defineSource({
  id: 'docker-info',
  title: 'Docker version and settings',
  why: 'Shows version, storage driver, cgroup driver and the warnings of dockerd about this host.',
  everySeconds: 60,
  reads: { info: { kind: 'talk', dialect: 'http', to: DOCKER_SOCKET, request: 'GET /info', as: 'root' } },
  parse: ({ info }) => {
    const answer = fields(json(info));
    return {
      version: textOf(answer['ServerVersion']),
      storageDriver: textOf(answer['Driver']),
      cgroupDriver: textOf(answer['CgroupDriver']),
      /** Folder of images and of the writable layers of containers. */
      rootDir: textOf(answer['DockerRootDir']),
      /** Whether containers survive a stop of the daemon. */
      liveRestore: flagOf(answer['LiveRestoreEnabled']),
      warnings: items(answer['Warnings']).flatMap((warning) => textOf(warning) ?? []),
    };
  },
});
