import { label, plain } from '../../lib/plain.ts';
import { duration, ms, NONE, plural } from '../../lib/units.ts';
import { openstackErrors, openstackStory, type LogEntry, type LogLines } from '../../sources/openstack/logs.ts';
import { bindDetail, type SampleOf } from '../../sources/source.ts';
import { nothingWords, stateOfDetail } from '../../timeline/reading-state.ts';
import { secondsColumn, textColumn } from '../../ui/kit/columns.ts';
import { drawFigures, figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import type { Column, Detail, LinesSection, Section, TableSection } from '../pane.ts';

type Gaps = Parameters<Detail['sections']>[1];

/** Entry with the time since the one before it. */
interface StoryRow {
  readonly entry: LogEntry;
  readonly place: number;
  readonly sinceSeconds: number | undefined;
}

/** Lines that services of a healthy cloud log: Zed's nova-compute at its start, all that use oslo.messaging 14. */
const NOISE = /^(?:No DB access allowed in nova-compute|Using RPCClient manually to instantiate client)/;

const isError = ({ level, text }: LogEntry): boolean =>
  (level === 'ERROR' || level === 'CRITICAL') && !NOISE.test(text);
const isWarning = ({ level, text }: LogEntry): boolean => level === 'WARNING' && !NOISE.test(text);
/** The part of a request id that distinguishes it on a screen. */
const short = (request: string): string => request.slice(0, 12);

const columns: readonly Column<StoryRow>[] = [
  textColumn({ id: 'time', title: 'TIME', about: 'Time of the line, as it was logged.', width: 18, wants: 18, rank: 0, value: ({ entry }) => entry.time && plain(entry.time) }),
  secondsColumn({ id: 'since', title: '+', about: 'Time since the line before.', width: 7, rank: 0, missing: '', value: ({ sinceSeconds }) => sinceSeconds }),
  textColumn({ id: 'service', title: 'SERVICE', about: 'Log that has it, by the name of its file.', width: 16, widest: 28, rank: 0, value: ({ entry }) => plain(entry.service) }),
  textColumn({ id: 'level', title: 'LEVEL', about: 'Level: ERROR, WARNING, INFO.', vocabulary: 'fixed', width: 7, rank: 1, role: ({ entry }) => (isError(entry) ? 'crit' : isWarning(entry) ? 'warn' : 'text'), value: ({ entry }) => entry.level && label(entry.level) }),
  textColumn({ id: 'request', title: 'REQUEST', about: 'Start of its request id.', width: 12, rank: 2, value: ({ entry }) => entry.request && plain(short(entry.request)) }),
  secondsColumn({ id: 'took', title: 'TOOK', about: 'Duration of the API request that the line states.', width: 7, rank: 1, missing: '', value: ({ entry }) => entry.tookSeconds }),
  textColumn({ id: 'text', title: 'MESSAGE', about: 'Message; of a traceback its exception.', width: 30, grow: true, rank: 0, value: ({ entry }) => plain(entry.text) }),
]; // prettier-ignore

const rowsOf = (entries: readonly LogEntry[]): readonly StoryRow[] =>
  entries.map((entry, place) => {
    const before = entries[place - 1]?.seconds;
    const sinceSeconds = entry.seconds === undefined || before === undefined ? undefined : Math.max(0, entry.seconds - before); // prettier-ignore
    return { entry, place, sinceSeconds };
  });

/** Lines that a table shows, and of which page. */
interface TableLines {
  readonly id: string;
  readonly title: string;
  readonly source: 'openstack-story' | 'openstack-errors';
  readonly entries: readonly LogEntry[];
}

const linesTable = (
  { id, title, source, entries }: TableLines,
  sample: LogLines | undefined,
  missing: Gaps[string] | undefined,
): TableSection<StoryRow> => {
  const isStory = source === 'openstack-story';
  return {
    kind: 'table',
    id,
    title,
    ...(sample && { note: notesOf(sample) }),
    sources: [source],
    columns: isStory ? columns : columns.filter((column) => column.id !== 'since'),
    rows: rowsOf(entries),
    key: ({ entry }) => entry.key,
    sort: { column: 'time', descending: !isStory },
    detail: ({ entry: { request } }) =>
      request === undefined ? undefined : storyDetail(request, `story of ${request}`),
    empty: nothingWords('none', stateOfDetail(sample, missing)),
    minRows: 8,
  };
};

/** What was read, and what was left out. */
const notesOf = ({ read, cut, left, more }: LogLines): string =>
  [
    read === undefined ? '' : `${plural(read, 'log')} read`,
    cut ? `of ${cut} the last 8M` : '',
    left ? `${left} left out` : '',
    more > 0 ? `${more} older lines not shown` : '',
  ]
    .filter(Boolean)
    .join(', ');

const lasting = (seconds: number): string => (seconds < 60 ? ms(seconds * 1000) : duration(seconds));

/** Headline of a story: the error first, then its duration. */
function summary(sample: LogLines | undefined): LinesSection {
  const entries = sample?.entries ?? [];
  const error = entries.find(isError);
  const warning = error === undefined ? entries.find(isWarning) : undefined;
  const textOf = (entry: LogEntry): string => plain(`${entry.service} ${entry.time ?? ''}: ${entry.text}`);
  const times = entries.flatMap(({ seconds }) => seconds ?? []);
  const [first, last] = [times.at(0), times.at(-1)];
  const services = [...new Set(entries.map(({ service }) => plain(service)))];
  const lines: readonly FigureLine[] = [
    {
      label: 'error',
      figures:
        error === undefined
          ? [figure(entries.length === 0 ? NONE : 'none in these lines', 'dim')]
          : [figure(textOf(error), 'crit')],
    },
    ...(warning === undefined ? [] : [{ label: 'warning', figures: [figure(textOf(warning), 'warn')] }]),
    {
      label: 'took',
      figures: entries.length === 0 ? [figure(NONE, 'dim')] : [figure(first === undefined || last === undefined ? NONE : lasting(last - first)), figure(plural(entries.length, 'line'))],
    },
    { label: 'services', figures: [figure(services.length === 0 ? NONE : services.join(', '))] },
    ...(sample?.requests === undefined ? [] : [{ label: 'requests', figures: [figure(String(sample.requests))] }]),
  ];
  return {
    kind: 'lines',
    id: 'summary',
    title: 'Summary',
    sources: ['openstack-story'],
    minColumns: 60,
    wantRows: () => lines.length,
    draw: (width, rows, theme) => lines.slice(0, rows).map((line) => drawFigures(line, width, theme)),
  };
} // prettier-ignore

/** Sections of the story of an id, for a page that reads it as `story`. */
export function storySections(samples: Readonly<Record<string, unknown>>, missing: Gaps): readonly Section[] {
  // A sample of openstackStory by bindDetail, or undefined before the first read.
  const sample = samples['story'] as SampleOf<typeof openstackStory>;
  return [
    summary(sample),
    linesTable(
      { id: 'story', title: 'Lines in order of time', source: 'openstack-story', entries: sample?.entries ?? [] },
      sample,
      missing['story'],
    ),
  ];
}

/** Story of a request, or of an object with its requests, over all logs of the host. */
export const storyDetail = (id: string, title: string): Detail => ({
  id: 'openstack-story',
  title: plain(title),
  sources: { story: bindDetail(openstackStory, { id }) },
  everySeconds: 120,
  sections: storySections,
});

/** Errors in the logs: of one service, then of the others. */
export const errorsDetail = (service: string): Detail => ({
  id: 'openstack-errors',
  title: `errors of ${plain(service)}`,
  sources: { logs: bindDetail(openstackErrors, {}) },
  everySeconds: 120,
  sections: (samples, missing) => {
    // A sample of openstackErrors by bindDetail, or undefined before the first read.
    const sample = samples['logs'] as SampleOf<typeof openstackErrors>;
    const entries = sample?.entries ?? [];
    const own = entries.filter((entry) => entry.service === service);
    const others = entries.filter((entry) => entry.service !== service);
    return [
      linesTable(
        { id: 'own', title: `Errors of ${plain(service)}`, source: 'openstack-errors', entries: own },
        sample,
        missing['logs'],
      ),
      linesTable(
        { id: 'others', title: 'Other services', source: 'openstack-errors', entries: others },
        sample,
        missing['logs'],
      ),
    ];
  },
});
