import type { SeenServers } from '../../entities/databases/seen-servers.ts';
import { databaseRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import { stateOfMissing, stateWords, type NothingWords } from '../../timeline/reading-state.ts';
import { textColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';

/** Row of a table with one row per server: `redis:6379`. */
interface OfServer {
  readonly server: string;
}

/** Row of a server that was not read, or of which a part was not. */
interface WithProblem {
  /** The reason; undefined where all of it was read. */
  readonly problem?: string | undefined;
}

/** Rows of servers that were not read. */
export const unreadServers = (seen: SeenServers<unknown>): readonly (OfServer & { readonly problem: string })[] =>
  [...(seen.now?.servers ?? [])].flatMap(([server, one]) =>
    'missing' in one ? [{ server, problem: stateWords(stateOfMissing(one.missing)) }] : [],
  );

/** First column of a table of servers. */
export const serverColumn = (about: string, width: number): Column<OfServer> => ({
  id: 'server',
  title: 'SERVER',
  about,
  vocabulary: 'fixed',
  width,
  rank: 0,
  value: ({ server }) => server,
});

/** Last column of a table of servers. */
export const problemColumn = (about: string, rank: number): Column<WithProblem> =>
  textColumn({
    id: 'problem',
    title: 'PROBLEM',
    about,
    width: 10,
    grow: true,
    rank,
    role: () => 'dim',
    value: ({ problem }) => problem && plain(problem),
  });

/** Table of servers by name, each a separate entity. */
export const serverTable = <Row extends OfServer>(
  own: Pick<TableSection<Row>, 'id' | 'title' | 'sources' | 'columns'>,
  rows: readonly Row[],
  empty: NothingWords,
): TableSection<Row> => ({
  kind: 'table',
  ...own,
  note: count(rows.length),
  rows,
  key: ({ server }) => server,
  sort: { column: 'server', descending: false },
  entity: ({ server }) => databaseRef(server),
  name: ({ server }) => server,
  empty,
});
