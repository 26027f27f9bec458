import type { ListenerServers } from '../../sources/databases/listeners.ts';
import type { Seen } from '../../timeline/moment.ts';

/** Server that was read, with its state of the reading before for rates. */
export interface SeenServer<State> {
  readonly server: string;
  readonly state: State;
  readonly before: State | undefined;
  /** Between the two replies. */
  readonly seconds: number | undefined;
}

/** Servers of an engine at a moment. */
export type SeenServers<State> = Pick<
  Seen<{ readonly servers: ListenerServers<State> } | undefined>,
  'now' | 'before' | 'seconds'
>;

/** Servers that were read. */
export const serversRead = <State>(seen: SeenServers<State>): readonly SeenServer<State>[] =>
  [...(seen.now?.servers ?? [])].flatMap(([server, one]) => {
    if (!('state' in one)) return [];
    const earlier = seen.before?.servers.get(server);
    const before = earlier && 'state' in earlier && earlier.pid === one.pid ? earlier : undefined;
    const seconds = one.at === undefined || before?.at === undefined ? seen.seconds : one.at - before.at;
    return [{ server, state: one.state, before: before?.state, seconds }];
  });
