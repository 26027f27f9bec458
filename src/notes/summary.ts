import { countsText } from '../ledger/ledger.ts';
import type { CaseNotes } from './case-notes.ts';
import { clock } from './words.ts';

/** Summary by sentence, the most important first. */
export function summaryOf({
  incidents,
  ledger,
  findings,
  notRead,
  tables,
  timeline,
  from,
  until,
  evidence,
}: CaseNotes): readonly string[] {
  const [worst] = incidents;
  const changed = tables.reduce((sum, { rows, more }) => sum + rows.length + more, 0);
  const notes = timeline.filter(({ kind }) => kind === 'note').length;
  const problems = evidence?.problems.length ?? 0;
  return [
    worst
      ? `${counted(incidents.length, 'incident')}, first: ${worst.sentence}${worst.explains.length === 0 ? '' : `, explains ${worst.explains.length} more`}`
      : `No incident at the end, ${findings.length === 0 ? 'no finding before' : `${counted(findings.length, 'finding')} ended before`}.`,
    `${clock(from)} to ${clock(until)} UTC${changed === 0 ? '' : `, ${counted(changed, 'table row')} changed`}.`,
    `${countsText(ledger)}.`,
    ...(notes === 0 ? [] : [`${counted(notes, 'note')} in the timeline.`]),
    ...(notRead.length === 0 ? [] : [`${counted(notRead.length, 'reading')} missing (see Not readable).`]),
    ...(problems === 0 ? [] : ['The recording is not readable in full (see Evidence).']),
  ];
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
