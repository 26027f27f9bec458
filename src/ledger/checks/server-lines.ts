import { serversRead, type SeenServer, type SeenServers } from '../../entities/databases/seen-servers.ts';
import { databaseRef } from '../../findings/entity-ref.ts';
import { count } from '../../lib/units.ts';
import type { Seen } from '../../timeline/moment.ts';
import { stateOfMissing } from '../../timeline/reading-state.ts';
import { check, type Aspect, type Check } from '../check.ts';

/** Line of a server: rule, aspect, figure, its text and nearness to the limit; without a text why a server that replies has none. */
export type Line = readonly [
  rule: string,
  aspect: Aspect,
  what: string,
  value: string | undefined,
  load?: number | undefined,
  why?: string | undefined,
];

/** Lines of each server; of one that was not read without values, with the reason. */
export function linesOf<State>(
  name: string,
  seen: SeenServers<State> & Seen<unknown>,
  of: (one: SeenServer<State> | undefined) => readonly Line[],
): readonly Check[] {
  const read = new Map(serversRead(seen).map((one) => [one.server, one]));
  return [...(seen.now?.servers ?? [])].flatMap(([server, one]) =>
    of(read.get(server)).flatMap(([rule, aspect, what, value, load = 0, why]) =>
      check(
        {
          entity: databaseRef(server),
          nameVocabulary: 'fixed',
          name: server,
          aspect,
          rules: [rule],
          what,
          load,
          pane: 'databases',
          because:
            'missing' in one
              ? stateOfMissing(one.missing)
              : why === undefined
                ? undefined
                : { state: 'not readable', why },
        },
        value,
        { [name]: seen },
      ),
    ),
  );
}

export const ofLimit = (used: number | undefined, limit: number | undefined): string | undefined =>
  used === undefined ? undefined : limit === undefined ? count(used) : `${count(used)} of ${count(limit)}`;

/** That it replies. */
export const yes = (one: unknown): string | undefined => (one === undefined ? undefined : 'yes');
