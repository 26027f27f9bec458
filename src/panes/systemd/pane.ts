import { resultText, troubledUnits, type TroubledUnit } from '../../entities/systemd/unit-trouble.ts';
import { journalLimit, journalReach } from '../../entities/systemd/journal.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { label, plain } from '../../lib/plain.ts';
import { bytes, count, NONE, plural, span } from '../../lib/units.ts';
import { busServices } from '../../sources/systemd/bus-services.ts';
import { journalFiles, type JournalFiles } from '../../sources/systemd/journal-files.ts';
import { unitInvocations, unitManager, units, type ManagerState, type Unit } from '../../sources/systemd/units.ts';
import type { Moment } from '../../timeline/moment.ts';
import { nothingWords, stateOf, stateWords, type NothingWords } from '../../timeline/reading-state.ts';
import { ageColumn, secondsColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import { drawFigures, figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import { presenceOf } from '../../ui/kit/presence.ts';
import { cut } from '../../lib/text-width.ts';
import { definePane, type Column, type LinesSection, type Presence, type TableSection, type Tile } from '../pane.ts';
import { bootDetail } from './boot-detail.ts';
import { unitDetail } from './unit-detail.ts';

const needs = { units, unitInvocations, unitManager, busServices, journalFiles };

export interface UnitRow {
  readonly unit: Unit;
  readonly name: string;
  readonly trouble: TroubledUnit | undefined;
}

export interface SystemdModel {
  readonly presence: Presence;
  readonly rows: readonly UnitRow[];
  readonly troubled: readonly TroubledUnit[];
  readonly manager: ManagerState | undefined;
  readonly managerState: NothingWords;
  readonly journal: JournalFiles | undefined;
  /** Time of the reading of the journal's files. */
  readonly journalMs: number;
  readonly empty: NothingWords;
}

/** Pane of systemd: state of the manager, units in trouble first. */
export const systemdPane = definePane({
  id: 'systemd',
  title: 'systemd',
  aliases: ['unit', 'units', 'service', 'services', 'systemctl', 'journal', 'timer', 'timers'],
  needs,
  model: systemdModel,
  presence: ({ presence }) => presence,
  sections: (model) => [unitsSection(model), managerSection(model), ...bootSection(model)],
  tile,
});

export function systemdModel({
  units: seen,
  unitInvocations: starts,
  unitManager: manager,
  busServices: byUse,
  journalFiles: files,
}: Moment<typeof needs>): SystemdModel {
  const troubled = troubledUnits(seen, starts.history, byUse.now);
  const byName = new Map(troubled.map((one) => [one.unit.name, one]));
  return {
    presence: presenceOf(seen.now !== undefined, 'no systemd on this host', seen),
    rows: [...(seen.now?.units.values() ?? [])]
      .map((unit) => ({ unit, name: plain(unit.name), trouble: byName.get(unit.name) }))
      .toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1)),
    troubled,
    manager: manager.now,
    managerState: stateWords(stateOf(manager)),
    journal: files.now,
    journalMs: files.history.at(-1)?.wallMs ?? 0,
    empty: nothingWords('none', stateOf(seen)),
  };
}

/** Trouble first, then what runs, then the rest. */
const rank = ({ trouble, unit }: UnitRow): number =>
  trouble ? 0 : unit.active === 'activating' || unit.active === 'deactivating' ? 1 : unit.sub === 'running' ? 2 : unit.active === 'active' ? 3 : 4; // prettier-ignore

const columns: readonly Column<UnitRow>[] = [
  { id: 'unit', title: 'UNIT', about: 'Name of the unit.', width: 22, widest: 44, rank: 0, value: (row) => row.name },
  { id: 'active', title: 'ACTIVE', about: 'ActiveState: active, inactive, failed, activating, deactivating, reloading.', vocabulary: 'fixed', width: 10, rank: 0, value: ({ unit }) => unit.active, text: ({ unit }) => label(unit.active ?? NONE) },
  { id: 'sub', title: 'SUB', about: 'SubState, by the kind of the unit.', vocabulary: 'fixed', width: 12, rank: 6, value: ({ unit }) => unit.sub, text: ({ unit }) => label(unit.sub ?? NONE) },
  ageColumn({ id: 'for', title: 'FOR', about: 'Time in that state, of units in trouble.', width: 6, rank: 1, missing: '', value: ({ trouble }) => trouble?.forSeconds }),
  totalColumn({ id: 'restarts', title: 'RESTARTS', about: 'Restarts counted by systemd (NRestarts) or seen as new invocations.', width: 8, rank: 1, missing: '', value: ({ trouble }) => trouble?.restarts }),
  textColumn({ id: 'problem', title: 'PROBLEM', about: 'What is wrong, with the result of its last run.', vocabulary: 'fixed', width: 18, wants: 34, grow: true, rank: 0, role: ({ trouble }) => trouble?.severity ?? 'text', value: ({ trouble }) => trouble && [trouble.trouble, resultText(trouble.unit)].filter(Boolean).join(', ') }),
  textColumn({ id: 'load', title: 'LOAD', about: 'LoadState where it is not `loaded`: masked, not-found, error.', vocabulary: 'fixed', width: 9, rank: 7, value: ({ unit }) => (unit.load === 'loaded' ? '' : label(unit.load ?? '')) }),
  textColumn({ id: 'job', title: 'JOB', about: 'Pending job.', vocabulary: 'fixed', width: 7, rank: 5, value: ({ unit }) => unit.job && label(unit.job) }),
  textColumn({ id: 'description', title: 'DESCRIPTION', about: 'Description of the unit.', width: 20, grow: true, rank: 8, value: ({ unit }) => unit.description && plain(unit.description) }),
]; // prettier-ignore

const unitsSection = ({ rows, troubled, empty }: SystemdModel): TableSection<UnitRow> => ({
  kind: 'table',
  id: 'units',
  title: 'Units',
  note: troubled.length === 0 ? count(rows.length) : `${count(troubled.length)} in trouble of ${count(rows.length)}`,
  sources: ['units', 'unit-invocations'],
  columns,
  rows,
  key: ({ unit }) => unit.name,
  sort: { column: 'problem', descending: true },
  first: ({ trouble }) => trouble !== undefined,
  entity: ({ unit }) => entityRef('unit', unit.name),
  name: ({ name }) => name,
  rowRole: ({ unit, trouble }) => (trouble === undefined && unit.active === 'inactive' ? 'dim' : undefined),
  detail: ({ unit }) => unitDetail(unit),
  empty,
});

const managerLine = (manager: ManagerState, troubled: readonly TroubledUnit[]): FigureLine => ({
  label: 'system',
  figures: [
    figure(label(manager.state ?? NONE)),
    figure(plural(manager.failedUnits ?? 0, 'failed unit')),
    figure(plural(troubled.filter(({ trouble }) => trouble === 'restart loop').length, 'restart loop')),
    figure(`${plural(manager.jobs.length, 'job')} pending`),
    figure(`systemd ${plain(manager.version ?? NONE)}`),
  ],
});

function journalLine(journal: JournalFiles, atMs: number): FigureLine {
  const { isPersistent, bytes: used, freeBytes, replacedEpochSeconds: replaced, rateLimit } = journal;
  const limit = journalLimit(journal);
  const reach = journalReach(journal, atMs);
  const lastReplaced = replaced.length === 0 ? undefined : Math.max(0, atMs / 1000 - Math.max(...replaced));
  return {
    label: 'journal',
    figures: [
      figure(limit === undefined ? bytes(used) : `${bytes(used)} of ${bytes(limit.bytes)} (${limit.by})`),
      ...(reach === undefined ? [] : [figure(`reaches back ${span(reach)}`)]),
      ...(lastReplaced === undefined ? [] : [figure(`${plural(replaced.length, 'file')} replaced as corrupted or not closed, last ${span(lastReplaced)} ago`)]), // prettier-ignore
      ...(isPersistent ? [] : [figure('not kept over a boot')]),
      ...(freeBytes === undefined ? [] : [figure(`${bytes(freeBytes)} free`)]),
      ...(rateLimit.burst === undefined && rateLimit.interval === undefined ? [] : [figure(`rate limit ${plain(rateLimit.burst ?? '10000')} in ${plain(rateLimit.interval ?? '30s')}`)]), // prettier-ignore
    ],
  };
}

const managerSection = ({ manager, managerState, troubled, journal, journalMs }: SystemdModel): LinesSection => ({
  kind: 'lines',
  id: 'manager',
  title: 'Manager',
  sources: ['unit-manager', 'journal-files'],
  minColumns: 60,
  wantRows: () => (journal === undefined ? 1 : 2),
  draw: (width, rows, theme) =>
    [
      manager === undefined ? theme.paint('dim', cut(managerState, width)) : drawFigures(managerLine(manager, troubled), width, theme), // prettier-ignore
      ...(journal === undefined ? [] : [drawFigures(journalLine(journal, journalMs), width, theme)]),
    ].slice(0, rows),
});

interface BootRow {
  readonly seconds: number;
}

const bootColumns: readonly Column<BootRow>[] = [
  textColumn({ id: 'what', title: 'BOOT', about: 'Time of userspace until the boot had finished; ↵ shows the slowest units and the critical chain.', vocabulary: 'fixed', width: 20, rank: 0, value: () => label('userspace') }),
  secondsColumn({ id: 'seconds', title: 'TOOK', about: 'Time from the start of userspace until the boot had finished.', width: 8, rank: 0, value: ({ seconds }) => seconds }),
]; // prettier-ignore

const bootSection = ({ manager, empty }: SystemdModel): readonly TableSection<BootRow>[] =>
  manager?.bootSeconds === undefined
    ? []
    : [
        {
          kind: 'table',
          id: 'boot',
          title: 'Boot',
          sources: ['unit-manager'],
          columns: bootColumns,
          rows: [{ seconds: manager.bootSeconds }],
          key: () => 'boot',
          sort: { column: 'seconds', descending: true },
          detail: bootDetail,
          empty,
          minRows: 1,
        },
      ];

function tile({ rows, troubled, manager, empty }: SystemdModel): Tile {
  if (rows.length === 0) return { figures: [{ label: 'units', value: empty, role: 'dim' }] };
  const names = troubled
    .toSorted((a, b) => Number(b.severity === 'crit') - Number(a.severity === 'crit'))
    .map(({ unit, trouble }) => `${plain(unit.name).replace(/\.service$/, '')} ${trouble}`);
  return {
    figures: [
      { label: 'system', value: label(manager?.state ?? NONE) },
      { label: 'units', value: `${count(rows.length)}, ${count(troubled.length)} in trouble` },
      ...(names.length > 0 ? [{ label: 'trouble', value: names.join(', ') }] : []),
    ],
  };
}
