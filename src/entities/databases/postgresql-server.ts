import type { PostgresqlServer } from '../../sources/databases/postgresql.ts';

/** Age of the oldest transaction id of all databases; undefined where none was read. */
export function xidAge({ databases }: PostgresqlServer): number | undefined {
  const ages = databases.flatMap((one) => one.xidAge ?? []);
  return ages.length === 0 ? undefined : Math.max(...ages);
}
