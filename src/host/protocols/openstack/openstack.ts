import type { Protocol } from '../protocol.ts';
import { AGREE, OpenstackConnection } from './connection.ts';
import program from './crashcart_openstack/__main__.py?program';

/** Address of OpenStack on the host; files of its logs and of credentials are found there. */
const HERE = '/etc/openstack';

const UUID = String.raw`[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`;
const STORY = new RegExp(`^story (?:req-)?${UUID}$`);

const isAllowed = (request: string): boolean =>
  ['credentials', 'errors', 'cloud'].includes(request) || STORY.test(request) || AGREE.test(request);

/**
 * OpenStack of the host: logs about one id, and its APIs by HTTP GET with credentials of the host that the engineer agreed to. One Python
 * program does both, started by the first request; it keeps passwords and tokens.
 */
export const openstack: Protocol = {
  name: 'openstack',
  what: 'logs of OpenStack services about one id, and, after consent, its APIs with credentials of the host, which stay there',
  argv: () => ['/usr/bin/python3', '-I', '-u', '-c', program],
  refusal: (to, request) =>
    to === HERE && isAllowed(request) ? undefined : `${to} < ${request}: not a request of OpenStack`,
  allowed: [
    'story ID: lines about a request, instance, port or volume in the ends of the logs of the services, up to 8 MiB of each and 64 MiB in all',
    'errors: lines of level ERROR and CRITICAL in them',
    'credentials, which lists paths of openrc files, clouds.yaml and configurations of services; nothing of what they hold',
    'agree PATH: consent of the engineer to one of them; it ends with the connection',
    'cloud: GET of services, hypervisors, agents, failed and building servers, ports that are DOWN, volumes, resource providers; one token an hour',
  ],
  connect: (dial) => new OpenstackConnection(dial),
};
