import { fields, flagOf, items, json, textOf } from '../../lib/json.ts';
import { DOCKER_SOCKET } from './docker.ts';
import { defineSource } from '../source.ts';

/**
 * What kind of dockerd it is. Seldom asked: it starts `runc --version` to answer.
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
      /** Containers outlive a stop of the daemon. */
      liveRestore: flagOf(answer['LiveRestoreEnabled']),
      warnings: items(answer['Warnings']).flatMap((warning) => textOf(warning) ?? []),
    };
  },
});
