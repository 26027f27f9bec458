import type { MysqlChannel, MysqlGalera } from '../../sources/databases/mysql.ts';
import { gradeOf, REPLICATION_LAG_SECONDS } from './limits.ts';

type Severity = 'crit' | 'warn';

/** Threads of a replica that do not run: of a stopped one without an error, a person stopped it. */
export function stoppedThreads({
  io,
  sql,
  error,
}: MysqlChannel): { readonly severity: Severity; readonly what: string } | undefined {
  const severity = error === undefined ? 'warn' : 'crit';
  if (sql === 'No') return { severity, what: io === 'No' ? 'stopped (both threads)' : 'stopped (SQL thread)' };
  if (io === 'No') return { severity, what: 'stopped (IO thread)' };
  return io === 'Connecting' && error !== undefined ? { severity, what: 'cannot connect' } : undefined;
}

export const channelSeverity = (channel: MysqlChannel): Severity | undefined =>
  stoppedThreads(channel)?.severity ?? gradeOf(channel.lagSeconds, REPLICATION_LAG_SECONDS);

/** A node outside the primary component refuses statements, as does one that is not ready. */
export function galeraSeverity({ status, isReady, state }: MysqlGalera): Severity | undefined {
  if ((status !== undefined && status !== 'Primary') || isReady === false) return 'crit';
  return state === undefined || state === 'Synced' ? undefined : 'warn';
}
