import { oomReportAt, type OomReport } from '../../entities/kernel/oom-report.ts';
import { plain } from '../../lib/plain.ts';
import { cut } from '../../lib/text-width.ts';
import { binaryBytes, NONE } from '../../lib/units.ts';
import type { KernelRecord } from '../../sources/kernel/kernel-log.ts';
import type { Detail, LinesSection, Section } from '../pane.ts';

/** Lines before and after the one of the detail. */
const BEFORE = 40;
const AFTER = 60;
const PAGE_BYTES = 4096;
const MOST_TASKS = 20;

/** Detail of a line: the lines around it, and the whole report where it ends one of the OOM killer. */
export function lineDetail(records: readonly KernelRecord[], record: KernelRecord, when: string): Detail {
  return {
    id: 'kernel-line',
    title: `kernel log, ${when}`,
    sources: {},
    everySeconds: 60,
    sections: (): readonly Section[] => {
      const report = oomReportAt(records, record);
      return [...(report ? [reportSection(report)] : []), aroundSection(records, record)];
    },
  };
}

function aroundSection(records: readonly KernelRecord[], record: KernelRecord): LinesSection {
  const index = records.indexOf(record);
  const around = records.slice(Math.max(0, index - BEFORE), index + AFTER);
  const texts = around.map(({ at, text }) => `[${at.toFixed(6).padStart(13)}] ${plain(text)}`);
  const selected = around.indexOf(record);
  return {
    kind: 'lines',
    id: 'lines',
    title: 'Lines',
    note: `${around.length}`,
    sources: ['kernel-log'],
    minColumns: 80,
    wantRows: () => texts.length,
    copyText: () => texts.join('\n'),
    draw: (columns, rows, theme) => {
      const from = Math.max(0, Math.min(selected - Math.floor(rows / 3), texts.length - rows));
      return texts
        .slice(from, from + rows)
        .map((text, i) => theme.paint(from + i === selected ? 'label' : 'text', cut(text, columns)));
    },
  };
}

function reportSection({ askedBy, order, constraint, limitedGroup, victim, tasks }: OomReport): LinesSection {
  const texts = [
    `killed      ${plain(victim.name)}[${victim.pid}]${victim.group === undefined ? '' : ` in ${plain(victim.group)}`}`,
    `asked by    ${askedBy === undefined ? NONE : plain(askedBy)}${order === undefined ? '' : `, order ${order}${order > 3 ? ' (a large block: memory may be fragmented)' : ''}`}`,
    `limit       ${limitOf(constraint)}${limitedGroup === undefined ? '' : ` ${plain(limitedGroup)}`}`,
    ...tasks
      .slice(0, MOST_TASKS)
      .map(
        ({ pid, name, rssPages }, i) =>
          `${i === 0 ? 'memory      ' : '            '}${binaryBytes(rssPages * PAGE_BYTES).padStart(9)} RSS  ${plain(name)}[${pid}]`,
      ),
  ];
  return {
    kind: 'lines',
    id: 'oom-report',
    title: 'OOM report',
    note: `${tasks.length} tasks`,
    sources: ['kernel-log'],
    minColumns: 60,
    wantRows: () => texts.length,
    copyText: () => texts.join('\n'),
    draw: (columns, rows, theme) => texts.slice(0, rows).map((text) => theme.paint('text', cut(text, columns))),
  };
}

const limitOf = (constraint: string | undefined): string => {
  switch (constraint) {
    case 'CONSTRAINT_MEMCG':
      return 'memory limit of the group';
    case 'CONSTRAINT_NONE':
      return 'memory of the host';
    case 'CONSTRAINT_CPUSET':
    case 'CONSTRAINT_MEMORY_POLICY':
      return 'memory of the NUMA nodes it may use';
    case undefined:
    default:
      return NONE;
  }
};
