import { threadUse } from '../../entities/processes/thread-use.ts';
import { plain } from '../../lib/plain.ts';
import { percent } from '../../lib/units.ts';
import { limits } from '../../thresholds.ts';
import { loadavg } from '../../sources/machine/loadavg.ts';
import { sysctl } from '../../sources/machine/sysctl.ts';
import { processes } from '../../sources/processes/processes.ts';
import { processRef, thisHost } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Threads of the host near pid_max or threads-max: at it no program starts. */
export const threadsLimit = defineFinding({
  id: 'threads-limit',
  title: 'Threads of the host near kernel.pid_max or kernel.threads-max',
  needs: { loadavg, sysctl, processes },
  authority: limits.threadsPct.authority,
  judge: ({ loadavg: load, sysctl: { now: settings }, processes: table }): readonly Found[] => {
    const use = threadUse(load.now?.threads, settings?.settings, table.now?.processes);
    if (use === undefined || use.grade === 'text') return [];
    const { used, limit, setting, usedPct, top } = use;
    const most = top && `${plain(top.process.command)}[${top.process.pid}] with ${top.number} ${top.of}`;
    return [
      {
        severity: use.grade,
        entity: thisHost,
        ...(top && { members: [processRef(top.process)] }),
        subject: 'threads',
        subjectVocabulary: 'fixed',
        sentence: `${used} of ${limit} (${setting}), ${percent(usedPct)}${most === undefined ? '' : `, most: ${most}`}`,
        evidence: [
          { what: 'threads of the host', value: `${used}`, source: '/proc/loadavg' },
          { what: setting, value: `${limit}`, source: `/proc/sys/${setting.replace('.', '/')}` },
        ],
        next: 'open Processes, sort by THREADS, `t` for the tree: who starts them; then raise the limit by `sysctl`',
        pane: 'processes',
      },
    ];
  },
});
