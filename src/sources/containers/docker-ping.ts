import { DOCKER_SOCKET } from './docker.ts';
import { defineSource } from '../source.ts';

/**
 * Is dockerd there, and how fast does it answer? The cheapest question that it knows; a frozen daemon still lets us
 * connect, so only an answer is a sign of life. https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemPing
 */
export const dockerPing = defineSource({
  id: 'docker-ping',
  title: 'Docker daemon',
  why: 'Shows whether dockerd answers, and how long it takes to.',
  everySeconds: 10,
  reads: {
    ping: { kind: 'talk', dialect: 'http', to: DOCKER_SOCKET, request: 'GET /_ping', as: 'root', timeoutMs: 5000 },
  },
  parse: ({ ping }) => ({ answered: ping !== undefined }),
});
