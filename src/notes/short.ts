import type { NotedIncident } from './case-notes.ts';
import type { SafeNotes } from './safe-notes.ts';
import { clock, WORD } from './words.ts';

/** Incidents with a line each; of these so many with their next step. */
const MAX_INCIDENTS = 5;
const MAX_NEXT = 3;
/** Longest line: a comment field wraps beyond it. */
const MAX_COLUMNS = 160;

/** Case notes as plain text of 15 lines or fewer, for a comment in a case: host, incidents, next steps, what was not readable. */
export function shortNotes({ host, from, until, incidents, findings, notRead, crashcart }: SafeNotes): string {
  const facts = ['System', 'Kernel'].flatMap((name) => host.facts.find(({ what }) => what === name)?.value ?? []);
  const active = findings.filter((finding) => finding.until === undefined).length;
  const lines = [
    [host.name, ...facts].join(', '),
    `${clock(from)} to ${clock(until)} UTC, crashcart ${crashcart}, read-only, root: ${host.root}`,
    incidents.length === 0
      ? 'No incident at the end.'
      : `${counted(incidents.length, 'incident')} (${counted(active, 'finding')}), culprit first:`,
    ...incidents
      .slice(0, MAX_INCIDENTS)
      .flatMap((incident, index) => [
        `${index + 1}. ${incidentLine(incident)}`,
        ...(index < MAX_NEXT ? [`   next: ${incident.next}`] : []),
      ]),
    ...(incidents.length > MAX_INCIDENTS
      ? [
          `and ${incidents.length - MAX_INCIDENTS} more: ${incidents
            .slice(MAX_INCIDENTS)
            .map(({ sentence }) => sentence.split(':')[0])
            .join(', ')}`,
        ]
      : []),
    ...(notRead.length > 0
      ? [
          `Not readable: ${counted(notRead.length, 'reading')} of ${[...new Set(notRead.map(({ source }) => source))].join(', ')}`,
        ]
      : []),
  ];
  return `${lines.map((line) => (line.length > MAX_COLUMNS ? `${line.slice(0, MAX_COLUMNS - 1)}…` : line)).join('\n')}\n`;
}

/** `CRITICAL osd.1: process gone, since 2026-11-23 23:41:03 or earlier; explains OSD_DOWN, SLOW_OPS`. */
function incidentLine({ severity, sentence, since, atStart, explains, usedBy }: NotedIncident): string {
  const named = explains.map((one) => one.sentence.split(':')[0]);
  const more =
    named.length === 0
      ? ''
      : `; explains ${named.slice(0, 4).join(', ')}${named.length > 4 ? `, ${named.length - 4} more` : ''}`;
  const by = usedBy === undefined ? '' : `; used by ${usedBy}`;
  return `${WORD[severity]} ${sentence}, since ${clock(since)}${atStart ? ' or earlier' : ''}${by}${more}`;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
