import type { z as Zod, ZodRawShape, ZodObject, infer as Infer } from 'zod';
import { paneTable, tableEntries } from '../exports/pane-table.ts';
import { recordOf } from '../exports/table-text.ts';
import type { AnyFinding } from '../findings/finding.ts';
import { plain } from '../lib/plain.ts';
import { ledgerCounts } from '../ledger/ledger.ts';
import { notedChanges } from '../notes/noted-changes.ts';
import { notedIncidents } from '../notes/noted-incidents.ts';
import { notedLedger } from '../notes/noted-ledger.ts';
import type { ScreenRedaction } from '../redact/screen-redaction.ts';
import { panes, sources } from '../subsystems/index.ts';
import type { Found } from './answer.ts';
import { figureTimeline } from './figure-timeline.ts';
import { findingLine, incidentDetail } from './incident-detail.ts';
import { RequestError, timeOf, type HostAt, type HostSet } from './host-set.ts';
import { originals } from './originals.ts';
import { rawReadings } from './raw-readings.ts';

/** What tools read: hosts, and what is applied to their data. None of it writes, and none of it takes a command. */
export interface Reading {
  readonly hosts: HostSet;
  readonly redaction: ScreenRedaction | undefined;
  readonly rules: readonly AnyFinding[];
}

/** Tool of the server: reads what crashcart has read. */
export interface ReadTool<Shape extends ZodRawShape = ZodRawShape> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Shape;
  readonly read: (input: Infer<ZodObject<Shape>>, reading: Reading) => Promise<Found>;
}

const define = <Shape extends ZodRawShape>(tool: ReadTool<Shape>): ReadTool =>
  // A list of tools of different inputs; the server gives each what its schema has checked.
  tool as unknown as ReadTool;

/** Length of texts of a client. */
const MOST_INPUT = 300;
/** Characters of raw readings in one answer: quotes and line feeds take two in JSON. */
const MOST_RAW = 25_000;
/** Default number of rows of a table. */
const ROWS = 50;

/** All tools. */
export function readTools(z: typeof Zod): readonly ReadTool[] {
  const text = (about: string) => z.string().max(MOST_INPUT).optional().describe(about);
  const whole = (about: string, most: number) => z.number().int().min(0).max(most).optional().describe(about);
  const host = text('Id of list_hosts, as h1. Not needed where there is one host.');
  const at = text('Time, RFC 3339. Default: now, or the end of a recording.');
  const contains = text('Entries with this text in them, any case. No pattern.');
  const inTime = { host, at };
  return [
    define({
      name: 'list_hosts',
      title: 'Hosts',
      description: 'Hosts and recordings of this session with their ids, states and times. Read this first.',
      input: {},
      read: async (_, { hosts }) => ({ data: { hosts: hosts.states().map(stateOf) }, list: 'hosts' }),
    }),
    define({
      name: 'incidents',
      title: 'Incidents',
      description:
        'Incidents of a host at a time, culprit first, each with the findings that follow from it, how sure that is, and the next step.',
      input: inTime,
      read: ({ host: id, at: time }, { hosts }) =>
        hosts.at(id, time, (one) => listOf(one, 'incidents', notedIncidents(one.session, one.atMs, one.fromMs))),
    }),
    define({
      name: 'findings',
      title: 'Findings',
      description: 'All findings of a host at a time, with the incident that they are folded into or not.',
      input: { ...inTime, severity: z.enum(['crit', 'warn', 'info']).optional(), contains },
      read: ({ host: id, at: time, severity, contains: part }, { hosts }) =>
        hosts.at(id, time, (one) =>
          listOf(
            one,
            'findings',
            one.session
              .findings()
              .map(findingLine)
              .filter((line) => severity === undefined || line.severity === severity)
              .filter(hasText(part)),
          ),
        ),
    }),
    define({
      name: 'incident',
      title: 'Incident in full',
      description:
        'One incident or finding by its key: evidence with the file or command it was read from, what it explains, changes before it, next steps for the engineer, and sources for raw_reading.',
      input: { ...inTime, key: z.string().max(MOST_INPUT).describe('Key of incidents or findings.') },
      read: ({ host: id, at: time, key }, { hosts, rules }) =>
        hosts.at(id, time, (one) => {
          const detail = incidentDetail(one, key, rules);
          if (!detail) throw new RequestError(`no incident or finding "${key}" at that time (incidents, findings)`);
          return { host: one.id, atMs: one.atMs, data: detail, list: 'explains' };
        }),
    }),
    define({
      name: 'tables',
      title: 'Tables',
      description: 'Tables of a host (PANE.SECTION) with the number of their rows and their columns, for table.',
      input: { ...inTime, contains },
      read: ({ host: id, at: time, contains: part }, { hosts }) =>
        hosts.at(id, time, (one) =>
          listOf(
            one,
            'tables',
            tableEntries(panes, one)
              .map((entry) => ({ ...entry, rows: entry.rows ?? null }))
              .filter(hasText(part)),
          ),
        ),
    }),
    define({
      name: 'table',
      title: 'Table',
      description:
        'Rows of a table: disks, processes, guests, OSDs, pods, flows. Figures have the unit in the name of their column; null is unknown, never 0.',
      input: {
        ...inTime,
        table: z.string().max(MOST_INPUT).describe('PANE.SECTION of tables, as hardware.disks.'),
        contains,
        sort: text('Column to sort by. Default: the order of the screen, worst first.'),
        descending: z.boolean().optional().describe('Default: true for figures.'),
        columns: z.array(z.string().max(MOST_INPUT)).max(50).optional().describe('Default: all.'),
        limit: whole(`Number of rows. Default: ${ROWS}.`, 1000),
      },
      read: ({ host: id, at: time, table: name, contains: part, limit = ROWS, ...query }, { hosts }) =>
        hosts.at(id, time, (one) => {
          const { columns, rows, matching, empty, ...rest } = paneTable(panes, one, name, {
            ...query,
            ...(part !== undefined && { filter: includes(part) }),
            limit,
          });
          const { title, note } = rest;
          const names = columns.map((column) => column.name);
          const about = Object.fromEntries(columns.map((column) => [column.name, column.about]));
          return {
            host: one.id,
            atMs: one.atMs,
            data: { table: name, title, note, matching, empty, about, rows: rows.map((row) => recordOf(names, row)) },
            list: 'rows',
          };
        }),
    }),
    define({
      name: 'figure_timeline',
      title: 'Timeline of a figure',
      description:
        'Course of a figure over time, named as on the screen: "cpu busy", "osd.1 commit", "nvme0n1 util", "processes cpu". Up to 20 objects.',
      input: {
        host,
        figure: z.string().min(1).max(MOST_INPUT).describe('Object and column, or figure of the whole host.'),
        from: text('First time, RFC 3339. Default: 15 minutes before the last.'),
        to: text('Last time, RFC 3339. Default: now, or the end of a recording.'),
        points: z.number().int().min(2).max(120).optional().describe('Default: 30.'),
      },
      read: ({ host: id, figure, from, to, points = 30 }, { hosts, redaction }) =>
        hosts.at(id, to, async (one) => {
          const fromMs = from === undefined ? Math.max(one.fromMs, one.atMs - QUARTER_MS) : timeOf(from, one);
          const path = originals(figure, redaction);
          const found = path === undefined ? NO_FIGURE : await figureTimeline(one, path, { fromMs, points });
          // The sentence names what is near: of redacted names it would confirm a guess.
          if (typeof found === 'string') throw new RequestError(redaction ? NO_FIGURE : found);
          return listOf(one, 'series', found);
        }),
    }),
    define({
      name: 'sources',
      title: 'Sources',
      description: 'Sources of raw readings with their ids, what they are for, and the state of their last reading.',
      input: { host, contains },
      read: ({ host: id, contains: part }, { hosts }) =>
        hosts.at(id, undefined, (one) => listOf(one, 'sources', sourcesOf(one).filter(hasText(part)))),
    }),
    define({
      name: 'raw_reading',
      title: 'Raw reading',
      description:
        'Text of the last reading of a source as the host gave it: files, replies of daemons, output of read-only commands on the schedule. Nothing is run for this.',
      input: {
        ...inTime,
        source: z.string().max(MOST_INPUT).describe('Id of sources, as loadavg.'),
        contains: text('Lines with this text in them, any case. No pattern.'),
        offset: whole('Characters to skip of each reading.', 10_000_000),
        limit: whole('Characters. Default: 8000.', MOST_RAW),
      },
      read: ({ host: id, at: time, source, contains: part, offset = 0, limit = 8000 }, { hosts, redaction }) =>
        hosts.at(id, time, (one) => {
          if (!sources.some((known) => known.id === source)) throw new RequestError(`no source "${source}" (sources)`);
          if (time !== undefined && !one.session.replay)
            throw new RequestError('at: raw readings of a live host are kept for the last reading only');
          const data = { source, ...rawReadings(one, source, { contains: part, offset, limit }, redaction) };
          return { host: one.id, atMs: one.atMs, data, list: 'readings' };
        }),
    }),
    define({
      name: 'ledger',
      title: 'Ledger',
      description:
        'What was judged: each resource accused, cleared, not read (with the reason) or not present. Ask this before concluding that something is in order.',
      input: { ...inTime, verdict: z.enum(['accused', 'cleared', 'unread', 'absent']).optional(), contains },
      read: ({ host: id, at: time, verdict, contains: part }, { hosts }) =>
        hosts.at(id, time, (one) => {
          const { lines } = notedLedger(one.session, one.atMs);
          const wanted = lines
            .filter((line) => verdict === undefined || line.verdict === verdict)
            .filter(hasText(part));
          return {
            host: one.id,
            atMs: one.atMs,
            data: { counts: ledgerCounts(lines), lines: wanted },
            list: 'lines',
          };
        }),
    }),
    define({
      name: 'changes',
      title: 'Changes',
      description: 'What was changed in the last 24 hours, newest first: packages, settings, files of /etc, daemons.',
      input: { ...inTime, contains },
      read: ({ host: id, at: time, contains: part }, { hosts }) =>
        hosts.at(id, time, (one) => listOf(one, 'changes', notedChanges(one.session, one.atMs).filter(hasText(part)))),
    }),
  ];
}

const QUARTER_MS = 15 * 60_000;
const NO_FIGURE = 'no such figure: names as they are in answers, columns as in tables';

const listOf = ({ id, atMs }: HostAt, list: string, all: readonly unknown[]): Found => ({
  host: id,
  atMs,
  data: { [list]: all },
  list,
});

/** Filter by a text, never by a pattern: one of a client could take all time. */
const includes = (part: string): ((text: string) => boolean) => {
  const wanted = part.toLowerCase();
  return (text) => text.toLowerCase().includes(wanted);
};

/** Filter of entries by all that a client sees of them. */
const hasText = (part: string | undefined): ((entry: unknown) => boolean) =>
  part === undefined ? () => true : (entry) => includes(part)(JSON.stringify(entry));

function stateOf(one: ReturnType<HostSet['states']>[number]) {
  if (one.state !== 'ready')
    return { host: one.id, state: one.state, ...(one.state === 'failed' && { reason: one.reason }) };
  const { session, fromMs, nowMs, problems } = one.host;
  const { transport, root, link } = session.status();
  return {
    host: one.id,
    state: 'ready',
    name: plain(session.host.name),
    kind: session.replay ? 'recording' : 'live',
    from: new Date(fromMs).toISOString(),
    until: new Date(session.replay?.endMs ?? nowMs()).toISOString(),
    ...(session.timeline.isOneMoment && { oneMoment: true }),
    transport: plain(transport),
    line: link.state,
    root: root?.state ?? 'no',
    problems: problems.map(plain),
  };
}

function sourcesOf({ session }: HostAt) {
  const states = new Map(session.status().sources.map((status) => [status.id, status]));
  return sources.map(({ id, title, why }) => {
    const { reads = 0, missing = {}, everySeconds } = states.get(id) ?? {};
    return { source: id, title, why, everySeconds, reads, missing: Object.keys(missing).length };
  });
}
