import { CONNECTIONS_PCT, gradeOf } from './limits.ts';

/** Share of a limit; undefined where one of the two is not known. */
export const shareOf = (used: number | undefined, limit: number | undefined): number | undefined =>
  used === undefined || !limit ? undefined : (100 * used) / limit;

/** Connections near their limit. */
export const connectionsSeverity = (used: number | undefined, limit: number | undefined): 'crit' | 'warn' | undefined =>
  gradeOf(shareOf(used, limit), CONNECTIONS_PCT);
