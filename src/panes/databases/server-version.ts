import { plain } from '../../lib/plain.ts';
import type { PostgresqlServer } from '../../sources/databases/postgresql.ts';

/** server_version without the version of its package: `15.18`. */
export const versionOf = (server: PostgresqlServer | undefined): string | undefined =>
  server?.version && plain(server.version.split(' ')[0] ?? '');
