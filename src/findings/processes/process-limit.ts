import { limitUses, RLIMIT, type LimitUse } from '../../entities/processes/limits.ts';
import { plain } from '../../lib/plain.ts';
import { kib, percent } from '../../lib/units.ts';
import { limits } from '../../thresholds.ts';
import { processLimits } from '../../sources/processes/process-limits.ts';
import { processes } from '../../sources/processes/processes.ts';
import { users } from '../../sources/processes/users.ts';
import { processRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const NEXT: Readonly<Record<LimitUse['what'], string>> = {
  'open files': 'open Processes, ↵ on it: its open files by kind; then raise LimitNOFILE= of its unit, or fix the leak',
  'locked memory': 'raise LimitMEMLOCK= of its unit; io_uring, RDMA and BPF before Linux 5.11 count against it',
  processes: 'open Processes, filter by that user; then raise LimitNPROC= or /etc/security/limits.conf',
};

/** Process near one of its soft limits, and user near RLIMIT_NPROC. */
export const processLimit = defineFinding({
  id: 'process-limit',
  title: 'Process near a limit: open files, locked memory, processes of its user',
  needs: { processLimits, processes, users },
  authority: limits.processLimitPct.authority,
  judge: ({ processLimits: seen, processes: table, users: names }): readonly Found[] =>
    limitUses(seen.now, table.now?.processes).flatMap((use): Found[] => {
      const { what, process, uid, used, limit, usedPct } = use;
      if (use.grade === 'text') return [];
      const show = what === 'locked memory' ? kib : String;
      const program = `${plain(process.command)}[${process.pid}]`;
      const user = uid === undefined ? undefined : plain(names.now?.names.get(uid) ?? `UID ${uid}`);
      const figures = `${show(used)} of ${show(limit)} ${what} (${RLIMIT[what]}), ${percent(usedPct)}`;
      return [
        {
          severity: use.grade,
          entity: processRef(process),
          condition: what.replace(' ', '-'),
          subject: user ?? program,
          sentence: user === undefined ? figures : `${figures}, most threads: ${program}`,
          evidence: [
            { what: `used by ${user ?? program}`, value: show(used), source: `/proc/${process.pid}/${what === 'open files' ? 'fd' : 'status'}` }, // prettier-ignore
            { what: `soft ${RLIMIT[what]}`, value: show(limit), source: `/proc/${process.pid}/limits` },
          ],
          next: NEXT[what],
          pane: 'processes',
        },
      ];
    }),
});
