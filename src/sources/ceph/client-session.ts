import { fields, items, json, numberOf, textOf } from '../../lib/json.ts';
import { defineDetail } from '../source.ts';
import { byDaemon, daemonReads } from './reads.ts';

/** Session of a client with a monitor of this host. */
export interface ClientSession {
  readonly mon: string;
  /** Key that it authenticated with: `client.cinder`. */
  readonly entity: string | undefined;
  /** Name of its host, which clients since Pacific send. */
  readonly host: string | undefined;
}

/**
 * Session of one client, by its id, from local monitors: `sessions` of the admin socket. A client has a session with one monitor, which may
 * be on another host.
 */
export const cephClientSession = defineDetail({
  id: 'ceph-client-session',
  title: 'Session of a Ceph client',
  why: 'Shows the key and the host name of the client of an op, while its page is open.',
  everySeconds: 30,
  reads: () => daemonReads('mon', { prefix: 'sessions' }),
  parse: (
    values,
    { client }: { readonly client: string },
  ): { readonly session: ClientSession | undefined; readonly mons: readonly string[] } => {
    const mons = [...byDaemon(values)].flatMap(([mon, reply]) => (reply.ok ? [{ mon, text: reply.text }] : []));
    for (const { mon, text } of mons)
      for (const item of items(json(text))) {
        const session = fields(item);
        if (session['con_type'] !== 'client' || `client.${numberOf(session['global_id'])}` !== client) continue;
        const entity = textOf(session['entity_name']);
        return { session: { mon, entity, host: textOf(session['remote_host']) }, mons: mons.map((one) => one.mon) };
      }
    return { session: undefined, mons: mons.map((one) => one.mon) };
  },
  example: { client: 'client.4154' },
});
