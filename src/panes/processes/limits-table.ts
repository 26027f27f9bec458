import { RLIMIT, type LimitUse } from '../../entities/processes/limits.ts';
import { processRef } from '../../findings/entity-ref.ts';
import { label, plain } from '../../lib/plain.ts';
import { kib } from '../../lib/units.ts';
import { processKey } from '../../sources/processes/processes.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import { percentColumn, textColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';

/** Use from which on a limit has a row, percent. */
const LEAST_PCT = 50;

/** Limit with a row. */
export interface LimitRow extends LimitUse {
  readonly name: string;
}

/** Rows of limits that are half used. */
export const limitRows = (
  uses: readonly LimitUse[],
  names: ReadonlyMap<number, string> | undefined,
): readonly LimitRow[] =>
  uses
    .filter(({ usedPct }) => usedPct >= LEAST_PCT)
    .map((use) => ({
      ...use,
      name:
        use.uid === undefined
          ? `${plain(use.process.command)}[${use.process.pid}]`
          : `user ${plain(names?.get(use.uid) ?? String(use.uid))}`,
    }));

const shown = ({ what }: LimitRow, value: number): string => (what === 'locked memory' ? kib(value) : String(value));

const columns: readonly Column<LimitRow>[] = [
  textColumn({ id: 'object', title: 'OBJECT', about: 'Process, or user with all its threads.', width: 20, widest: 44, rank: 0, value: ({ name }) => name }),
  textColumn({ id: 'limit', title: 'RESOURCE', about: 'Soft limit: open files, locked memory, processes and threads of the user.', vocabulary: 'fixed', width: 14, rank: 0, value: ({ what }) => label(RLIMIT[what]) }),
  percentColumn({ id: 'use', title: 'USE%', about: 'Used part of the soft limit.', width: 6, rank: 0, role: ({ grade }) => grade, value: ({ usedPct }) => usedPct }),
  { id: 'used', title: 'USED', about: 'Used: files, bytes, threads.', width: 7, align: 'right', rank: 1, value: ({ used }) => used, text: (row) => shown(row, row.used) },
  { id: 'soft', title: 'SOFT', about: 'Soft limit.', width: 7, align: 'right', rank: 1, value: ({ limit }) => limit, text: (row) => shown(row, row.limit) },
]; // prettier-ignore

/** Limits of processes and users that are half used; no section without one. */
export const limitsTable = (rows: readonly LimitRow[], empty: NothingWords): readonly TableSection<LimitRow>[] =>
  rows.length === 0
    ? []
    : [
        {
          kind: 'table',
          id: 'limits',
          title: 'Limits',
          sources: ['process-limits'],
          columns,
          rows,
          key: ({ process, what, uid }) => `${what} ${uid ?? processKey(process)}`,
          sort: { column: 'use', descending: true },
          entity: ({ process }) => processRef(process),
          name: ({ name }) => name,
          process: ({ process }) => ({
            pid: process.pid,
            startTicks: process.startTicks,
            name: plain(process.command),
          }),
          empty,
          minRows: 3,
        },
      ];
