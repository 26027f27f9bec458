import { isListenerOf } from '../../../lib/listener-name.ts';
import { OneReplyConnection } from '../one-reply.ts';
import type { Protocol } from '../protocol.ts';

const REQUEST = 'state';
/** Frontends, backends and servers (1 + 2 + 4) of all proxies. http://docs.haproxy.org/2.6/management.html#9.3-show%20stat */
const COMMAND = 'show info;show stat -1 7 -1\n';

/** Runtime API of HAProxy on its stats socket, for which level user is enough. The reply is that of both commands. */
export const haproxy: Protocol = {
  name: 'haproxy',
  what: 'HAProxy for its frontends, backends and servers',
  allowed: [`${REQUEST}: show info, show stat`],
  refusal: (to, request) =>
    isListenerOf(to, 'unix', ['haproxy']) && request === REQUEST ? undefined : `${to} < ${request}: not a request`,
  // Another socket of the process, of its master or for peers, has no such reply.
  connect: (dial) => new OneReplyConnection(dial, COMMAND, (text) => /^Name: /m.test(text)),
};
