import type { CaseNotes } from './case-notes.ts';
import { clock } from './words.ts';

/** What a reader who reads nothing else should know, sentence by sentence; the first one matters most. */
export function summaryOf({
  findings,
  notRead,
  tables,
  timeline,
  from,
  until,
  evidence,
}: CaseNotes): readonly string[] {
  const stand = findings.filter((finding) => finding.until === undefined);
  const [worst] = stand;
  const changed = tables.reduce((sum, { rows, more }) => sum + rows.length + more, 0);
  const notes = timeline.filter(({ kind }) => kind === 'note').length;
  const problems = evidence?.problems.length ?? 0;
  return [
    worst
      ? `${stand.length} ${stand.length === 1 ? 'finding stands' : 'findings stand'}, first: ${worst.sentence}`
      : `No finding stands at the end; ${findings.length === 0 ? 'none was made' : `${findings.length} ended before`}.`,
    `From ${clock(from)} to ${clock(until)} UTC${changed === 0 ? '' : `, in which ${changed} rows of tables came, went or changed`}.`,
    ...(notes === 0 ? [] : [`${notes} ${notes === 1 ? 'note was' : 'notes were'} taken (in the timeline).`]),
    ...(notRead.length === 0 ? [] : [`${notRead.length} readings could not be taken (below).`]),
    ...(problems === 0 ? [] : ['Not all of the recording could be read (see Evidence).']),
  ];
}
