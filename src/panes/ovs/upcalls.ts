import { grade, limits, type Grade } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { cutStyled, fit } from '../../lib/text-width.ts';
import { count, ms, percent } from '../../lib/units.ts';
import { lookupRate, threadKind, threadUses, type LookupRate, type ThreadUse } from '../../sources/ovs/rates.ts';
import { ovsDatapath, type Upcalls, type OvsDatapathSample } from '../../sources/ovs/datapath.ts';
import { ovsThreads } from '../../sources/ovs/threads.ts';
import type { Role, Theme } from '../../theme.ts';
import { bar } from '../../ui/bar.ts';
import { sparkline } from '../../ui/spark.ts';
import type { Entry, Moment } from '../../timeline/moment.ts';
import type { LinesSection } from '../pane.ts';
import { missingText, notTakenText } from '../../ui/kit/missing-reason.ts';

export const upcallNeeds = { ovsDatapath, ovsThreads };

export interface DatapathLoad {
  readonly name: string;
  readonly upcalls: Upcalls | undefined;
  readonly rate: LookupRate;
  readonly lost: number | undefined;
  readonly masks: number | undefined;
  readonly usedPct: number | undefined;
}

export interface UpcallsModel {
  readonly loads: readonly DatapathLoad[];
  /** Error events of coverage/show, those of the last 5 s first. */
  readonly events: readonly { readonly name: string; readonly text: string; readonly now: boolean }[];
  readonly threads: readonly ThreadUse[];
  /** Reason for missing threads. */
  readonly blind: string | undefined;
  readonly history: readonly Entry<OvsDatapathSample>[];
  /** Fallback command that was used in place of a connection. */
  readonly fallback: string | undefined;
  /** Reason for no data at all. */
  readonly silent: string | undefined;
}

/** Coverage counters of refused or deleted flows, a cut flow limit and packets dropped by the datapath. */
const ERROR_EVENTS =
  /^(upcall_flow_limit_|upcall_ukey_contention$|handler_duplicate_upcall$|drop_action_(?!of_pipeline$)|datapath_drop_|revalidate_missed_dp_flow$)/;

const rate = (value: number): string => (value < 0.95 ? value.toFixed(1) : count(value));

export function upcallsModel(moment: Moment<typeof upcallNeeds>): UpcallsModel {
  const { now, history, missing } = moment.ovsDatapath;
  const loads = (now?.datapaths ?? []).map((one): DatapathLoad => {
    const upcalls = now?.upcalls.find(({ datapath }) => datapath === one.name);
    const limit = upcalls?.limit;
    return {
      name: one.name,
      upcalls,
      rate: lookupRate(moment.ovsDatapath, one.name),
      lost: one.lost,
      masks: one.masks,
      usedPct:
        limit === undefined || limit === 0 || upcalls?.flows === undefined ? undefined : (100 * upcalls.flows) / limit,
    };
  });
  const events = [...(now?.coverage ?? [])]
    .filter(([name]) => ERROR_EVENTS.test(name))
    .map(([name, { last5sPerSec = 0, lastMinutePerSec = 0, lastHourPerSec = 0 }]) => ({
      name,
      now: last5sPerSec > 0,
      hour: Math.round(lastHourPerSec * 3600),
      text: `${name} ${rate(last5sPerSec)}/s, ${count(Math.round(lastMinutePerSec * 60))} in 1 min, ${count(Math.round(lastHourPerSec * 3600))} in 1 h`,
    }))
    .filter((event) => event.now || event.hour > 0)
    .toSorted((a, b) => Number(b.now) - Number(a.now) || b.hour - a.hour);
  const why =
    now?.silent ?? Object.values(missing).find((one) => one.why !== 'absent' && notTakenText(one.detail) === undefined);
  const blind = Object.values(moment.ovsThreads.missing).find((one) => one.why !== 'absent');
  return {
    loads,
    events,
    threads: threadUses(moment.ovsThreads),
    blind: blind && missingText(blind),
    history,
    fallback: now?.instead && `fallback ${plain(now.instead.by)}, every ${now.instead.everySeconds} s`,
    silent: why && plain(`${why.why === 'denied' ? 'not readable' : 'unresponsive'}: ${why.why}: ${why.detail}`),
  };
}

export interface KindUse {
  readonly kind: string;
  readonly threads: number;
  readonly pct: number | undefined;
  readonly maxPct: number | undefined;
}

const NAMES: Readonly<Record<string, string>> = {
  main: 'main thread',
  handler: 'handlers',
  revalidator: 'revalidators',
  pmd: 'PMD',
  other: 'other',
};

/** CPU of ovs-vswitchd by kind of thread. */
export function kindsOf(threads: readonly ThreadUse[]): readonly KindUse[] {
  const pids = new Set(
    threads.filter(({ thread, pid }) => thread.tid === pid && thread.name === 'ovs-vswitchd').map(({ pid }) => pid),
  );
  const own = threads.filter(({ pid }) => pids.has(pid));
  return (['main', 'handler', 'revalidator', 'pmd', 'other'] as const).flatMap((kind): KindUse[] => {
    const uses = own.filter(({ thread }) => threadKind(thread.name) === kind);
    const known = uses.flatMap(({ cpuPct }) => cpuPct ?? []);
    if (uses.length === 0 || (kind === 'other' && known.every((pct) => pct < 1))) return [];
    return [
      {
        kind: NAMES[kind] ?? kind,
        threads: uses.length,
        pct: known.length === 0 ? undefined : known.reduce((all, pct) => all + pct, 0),
        maxPct: known.length === 0 ? undefined : Math.max(...known),
      },
    ];
  });
}

const LABEL = 10;
const BAR = 12;

const marked = (text: string, role: Grade, theme: Theme): string =>
  theme.paint(role, role === 'text' ? text : `${theme.glyphs.severity[role]}${text}`);

function loadLines(
  load: DatapathLoad,
  history: readonly Entry<OvsDatapathSample>[],
  columns: number,
  theme: Theme,
): string[] {
  const { upcalls, rate: lookups } = load;
  const label = (text: string) => theme.paint('label', fit(text, LABEL));
  const flows = upcalls
    ? `${label('flows')}${bar(load.usedPct, BAR, theme, roleOf(load))} ${marked(`${count(upcalls.flows)} of limit ${count(upcalls.limit)} (${percent(load.usedPct)})`, grade(load.usedPct, limits.ovsFlowLimitPct), theme)}${theme.paint('dim', ` · max ${count(upcalls.mostFlows)}`)} · ${marked(`dump ${ms(upcalls.dumpMs)}`, grade(upcalls.dumpMs, limits.ovsDumpMs), theme)}`
    : `${label('flows')}${theme.paint('dim', '—')}`;
  const lost = grade(lookups.lostPerSec, limits.ovsLostPerSec);
  const missPct = lookups.hitPct === undefined ? undefined : 100 - lookups.hitPct;
  const found = `${label('lookups')}${theme.paint('text', `hit ${count(lookups.hitsPerSec)}/s (${percent(lookups.hitPct)})`)} · ${marked(`missed ${count(lookups.missesPerSec)}/s`, missedGrade(missPct, lookups), theme)} · ${marked(`lost ${count(lookups.lostPerSec)}/s`, lost, theme)}${theme.paint('dim', ` (${count(load.lost)} since start)`)}${load.masks === undefined ? '' : ` · ${marked(`${count(load.masks)} masks, ${lookups.masksPerPacket?.toFixed(1) ?? '—'} hit/pkt`, grade(lookups.masksPerPacket, limits.ovsMasksPerPacket), theme)}`}`;
  const words = 34;
  const trend = Math.max(0, columns - LABEL - words);
  const past = history
    .slice(-Math.max(1, trend))
    .map(({ sample }) => sample.upcalls.find(({ datapath }) => datapath === load.name));
  const trendLine = `${label('trend')}${sparkline(
    past.map((one) => one?.flows),
    trend,
    theme,
  )} ${theme.paint('dim', fit(limitWords(past), words - 1))}`;
  return [flows, found, trendLine];
}

/** Grade of the miss rate; below 100/s the share is noise. */
export const missedGrade = (missPct: number | undefined, { missesPerSec }: LookupRate): Grade =>
  (missesPerSec ?? 0) < 100 ? 'text' : grade(missPct, limits.ovsMissedPct);

const roleOf = ({ usedPct }: DatapathLoad): Role => {
  const role = grade(usedPct, limits.ovsFlowLimitPct);
  return role === 'text' ? 'accent' : role;
};

/** Course of the flow limit: it falls while revalidators are too slow. */
function limitWords(past: readonly (Upcalls | undefined)[]): string {
  const known = past.flatMap((one) => one?.limit ?? []);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return 'not read yet';
  return first === last
    ? `flows · limit steady at ${count(last)}`
    : `flows · limit ${first < last ? 'rose' : 'FELL'} from ${count(first)} to ${count(last)}`;
}

function linesOf(model: UpcallsModel, columns: number, theme: Theme): readonly string[] {
  const kinds = kindsOf(model.threads);
  const label = (text: string) => theme.paint('label', fit(text, LABEL));
  const threads = kinds
    .map(({ kind, threads: number, pct, maxPct }) =>
      marked(
        `${kind} ${percent(pct)}${number > 1 ? ` (${number}, max ${percent(maxPct)})` : ''}`,
        kind === 'PMD' ? 'text' : grade(pct, limits.ovsUpcallCpuPct),
        theme,
      ),
    )
    .join(' · ');
  return [
    ...model.loads.flatMap((load) => [
      ...(model.loads.length > 1 ? [theme.paint('title', plain(load.name))] : []),
      ...loadLines(load, model.history, columns, theme),
    ]),
    `${label('CPU')}${threads || theme.paint('dim', model.blind === undefined ? 'not read yet' : `— ${model.blind}`)}`,
    ...model.events
      .slice(0, 4)
      .map(
        ({ text, now }, i) => `${label(i === 0 ? 'events' : '')}${marked(plain(text), now ? 'warn' : 'text', theme)}`,
      ),
    ...(model.silent === undefined
      ? []
      : [theme.paint('warn', `${theme.glyphs.severity.warn}ovs-vswitchd ${model.silent}`)]),
  ].map((line) => cutStyled(line, columns));
}

export const upcallsSection = (model: UpcallsModel): LinesSection => ({
  kind: 'lines',
  id: 'upcalls',
  title: 'Datapath',
  note: [
    model.loads.map(({ name }) => plain(name)).join(', '),
    ...(model.fallback === undefined ? [] : [model.fallback]),
  ].join(' · '),
  sources: ['ovs-datapath', 'ovs-threads'],
  minColumns: 60,
  wantRows: () =>
    Math.max(
      1,
      model.loads.length * (model.loads.length > 1 ? 4 : 3) +
        1 +
        Math.min(4, model.events.length) +
        (model.silent === undefined ? 0 : 1),
    ),
  draw: (columns, rows, theme) => linesOf(model, columns, theme).slice(0, rows),
});
