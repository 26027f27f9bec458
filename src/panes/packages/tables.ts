import { snapTrouble } from '../../entities/packages/snap-trouble.ts';
import type { OutdatedService } from '../../entities/packages/outdated-services.ts';
import { entityRef, packageRef, processRef } from '../../findings/entity-ref.ts';
import { label, plain } from '../../lib/plain.ts';
import { count, NONE } from '../../lib/units.ts';
import type { Snap } from '../../sources/packages/snaps.ts';
import { numberColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';
import type { PackageRow, PackagesModel } from './pane.ts';

const packageColumns: readonly Column<PackageRow>[] = [
  { id: 'package', title: 'PACKAGE', about: 'Name of the package.', width: 22, widest: 44, rank: 0, value: ({ name }) => name },
  { id: 'version', title: 'VERSION', about: 'Installed version.', width: 20, widest: 40, rank: 0, value: (row) => row.package.version, text: (row) => plain(row.package.version ?? NONE) },
  { id: 'architecture', title: 'ARCH', about: 'Architecture.', width: 6, rank: 3, value: (row) => row.package.architecture, text: (row) => plain(row.package.architecture) },
  textColumn({ id: 'problem', title: 'PROBLEM', about: 'State of a package that is not fully installed, a hold, or a published fault of its version.', vocabulary: 'fixed', width: 18, grow: true, rank: 0, role: ({ problem, faults }) => (problem === undefined ? (faults.some(({ fault }) => fault.severity === 'warn') ? 'warn' : 'text') : 'warn'), value: ({ problem, held, faults }) => [problem, held ? 'held' : undefined, ...faults.map(({ fault }) => `${fault.id} ${fault.sentence}`)].filter(Boolean).join(', ') }),
  textColumn({ id: 'source', title: 'SOURCE', about: 'Source package, where it has another name.', width: 16, rank: 3, value: (row) => (row.package.source === row.package.name ? '' : row.package.source && plain(row.package.source)) }),
]; // prettier-ignore

export const packagesSection = ({ rows, empty }: PackagesModel): TableSection<PackageRow> => ({
  kind: 'table',
  id: 'packages',
  title: 'Packages',
  note: count(rows.length),
  sources: ['packages'],
  columns: packageColumns,
  rows,
  key: (row) => `${row.package.name}:${row.package.architecture}`,
  sort: { column: 'problem', descending: true },
  first: ({ problem, faults }) => problem !== undefined || faults.length > 0,
  entity: (row) => packageRef(row.package),
  name: ({ name }) => name,
  empty,
});

const outdatedColumns: readonly Column<OutdatedService>[] = [
  { id: 'service', title: 'SERVICE', about: 'Unit, container or program that runs the files.', width: 24, widest: 44, rank: 0, value: ({ name }) => plain(name) },
  totalColumn({ id: 'processes', title: 'PROCS', about: 'Processes that run them.', width: 5, rank: 0, value: ({ processes }) => processes.length }),
  numberColumn({ id: 'pid', title: 'PID', about: 'First of these processes.', width: 7, rank: 2, value: ({ processes }) => processes[0]?.pid }),
  totalColumn({ id: 'number', title: 'FILES', about: 'Deleted files that they have mapped as code.', width: 5, rank: 2, value: ({ files }) => files.length }),
  textColumn({ id: 'files', title: 'DELETED FILES', about: 'Names of these files.', width: 24, grow: true, rank: 0, value: ({ files }) => files.map((file) => plain(file.slice(file.lastIndexOf('/') + 1))).join(', ') }),
]; // prettier-ignore

export const outdatedSection = ({ outdated, outdatedEmpty }: PackagesModel): TableSection<OutdatedService> => ({
  kind: 'table',
  id: 'outdated',
  title: 'Deleted files in use',
  ...(outdated.length > 0 && { note: count(outdated.length) }),
  sources: ['deleted-files', 'processes'],
  columns: outdatedColumns,
  rows: outdated,
  key: ({ key }) => key,
  sort: { column: 'processes', descending: true },
  entity: ({ unit, processes }) => {
    const [first] = processes;
    return unit === undefined ? first && processRef(first) : entityRef('unit', unit);
  },
  name: ({ name }) => plain(name),
  empty: outdatedEmpty,
});

const snapColumns: readonly Column<Snap>[] = [
  { id: 'snap', title: 'SNAP', about: 'Name of the snap.', width: 18, widest: 30, rank: 0, value: ({ name }) => plain(name) },
  { id: 'version', title: 'VERSION', about: 'Version of its active revision.', width: 16, rank: 0, value: ({ version }) => version, text: ({ version }) => plain(version ?? NONE) },
  { id: 'revision', title: 'REV', about: 'Active revision.', width: 6, rank: 1, value: ({ revision }) => revision, text: ({ revision }) => plain(revision ?? NONE) },
  { id: 'channel', title: 'CHANNEL', about: 'Channel that it follows.', width: 16, rank: 1, value: ({ channel }) => channel, text: ({ channel }) => plain(channel ?? NONE) },
  { id: 'status', title: 'STATUS', about: 'active, or installed where it is disabled.', vocabulary: 'fixed', width: 9, rank: 2, value: ({ status }) => status, text: ({ status }) => label(plain(status ?? NONE)) },
  textColumn({ id: 'refresh', title: 'REFRESH', about: 'Time until which refreshes are held, or at which one goes ahead although its programs run.', vocabulary: 'fixed', width: 22, rank: 2, value: ({ heldUntil, refreshAt }) => (refreshAt === undefined ? heldUntil && `held until ${plain(heldUntil)}` : `inhibited until ${plain(refreshAt)}`) }),
  textColumn({ id: 'problem', title: 'PROBLEM', about: 'Why it does not work.', width: 18, grow: true, rank: 0, role: (snap) => (snapTrouble(snap) === undefined ? 'text' : 'warn'), value: (snap) => { const trouble = snapTrouble(snap); return trouble && plain(trouble); } }),
]; // prettier-ignore

export const snapsSection = ({ snaps, snapsEmpty }: PackagesModel): TableSection<Snap> => ({
  kind: 'table',
  id: 'snaps',
  title: 'Snaps',
  ...(snaps &&
    snaps.changes.length > 0 && {
      note: snaps.changes.map(({ summary, status }) => plain(`${summary ?? ''} (${status ?? ''})`)).join(', '),
    }),
  sources: ['snaps'],
  columns: snapColumns,
  rows: snaps?.snaps ?? [],
  key: ({ name }) => name,
  sort: { column: 'problem', descending: true },
  first: (snap) => snapTrouble(snap) !== undefined,
  entity: ({ name }) => entityRef('snap', name),
  name: ({ name }) => plain(name),
  empty: snapsEmpty,
});
