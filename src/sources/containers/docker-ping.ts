import { DOCKER_SOCKET } from './docker.ts';
import { defineSource } from '../source.ts';

/**
 * Round trip of dockerd's cheapest request. A frozen daemon still accepts connections, so only a reply proves it alive.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemPing
 */
export const dockerPing = defineSource({
  id: 'docker-ping',
  title: 'Docker daemon',
  why: 'Shows whether dockerd responds, and how fast.',
  everySeconds: 10,
  reads: {
    ping: { kind: 'talk', dialect: 'http', to: DOCKER_SOCKET, request: 'GET /_ping', as: 'root', timeoutMs: 5000 },
  },
  parse: ({ ping }) => ({ answered: ping !== undefined }),
});
