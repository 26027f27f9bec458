import type { InfluenceRow } from '../influence.ts';

/** Influences of findings about databases. */
export const databaseInfluences: readonly InfluenceRow[] = [
  ['cpu-saturated', 'postgresql-unresponsive', 'database-server', ['shares'], 'sometimes', 60, 'its processes wait for a CPU'],
  ['cpu-saturated', 'mysql-unresponsive', 'database-server', ['shares'], 'sometimes', 60, 'its threads wait for a CPU'],
]; // prettier-ignore
