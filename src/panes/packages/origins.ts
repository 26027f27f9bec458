import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import { markedArchive, packageOrigins, type PackageOrigin } from '../../sources/packages/package-origins.ts';
import { bindDetail, type SampleOf } from '../../sources/source.ts';
import { nothingWords, stateOfDetail } from '../../timeline/reading-state.ts';
import { textColumn, totalColumn } from '../../ui/kit/columns.ts';
import { onDemandSection } from '../../ui/kit/on-demand.ts';
import type { Column, Detail, TableSection } from '../pane.ts';

/** Row that starts the reading of archives. */
export const originsOnDemand = () =>
  onDemandSection(
    { what: 'archives of packages', cost: 'apt list --installed: 1 to 2 s of CPU, no lock, nothing written' },
    originsDetail,
    'origins-on-demand',
  );

/** Archive of a package: its suites, its mark, or none. */
export const archiveOf = ({ suites, version }: PackageOrigin): string =>
  [markedArchive(version), ...suites].filter((one) => one !== undefined).join(', ') || 'no archive';

const originsDetail = (): Detail => ({
  id: 'origins',
  title: 'archives of packages',
  sources: { origins: bindDetail(packageOrigins, {}) },
  everySeconds: 3600,
  sections: (samples, missing) => {
    // A sample of packageOrigins by bindDetail, or undefined before the first read.
    const origins = samples['origins'] as SampleOf<typeof packageOrigins>;
    const empty = nothingWords('none', stateOfDetail(origins, missing['origins']));
    return [archivesSection(origins ?? [], empty), packagesSection(origins ?? [], empty)];
  },
});

interface ArchiveRow {
  readonly archive: string;
  readonly packages: number;
  readonly upgradable: number;
}

const archiveColumns: readonly Column<ArchiveRow>[] = [
  textColumn({ id: 'archive', title: 'ARCHIVE', about: 'Suites that have the installed version; no archive: installed by hand, or no longer offered.', width: 24, grow: true, rank: 0, value: ({ archive }) => plain(archive) }),
  totalColumn({ id: 'packages', title: 'PACKAGES', about: 'Installed packages of it.', width: 8, rank: 0, value: ({ packages }) => packages }),
  totalColumn({ id: 'upgradable', title: 'UPGRADABLE', about: 'Of these, packages with a newer version in the lists of apt.', width: 10, rank: 0, value: ({ upgradable }) => upgradable }),
]; // prettier-ignore

function archivesSection(origins: readonly PackageOrigin[], empty: TableSection['empty']): TableSection<ArchiveRow> {
  const rows = [...Map.groupBy(origins, archiveOf)].map(([archive, all]) => ({
    archive,
    packages: all.length,
    upgradable: all.filter(({ candidate }) => candidate !== undefined).length,
  }));
  return {
    kind: 'table',
    id: 'archives',
    title: 'Archives',
    note: count(rows.length),
    sources: ['package-origins'],
    columns: archiveColumns,
    rows,
    key: ({ archive }) => archive,
    sort: { column: 'packages', descending: true },
    empty,
  };
}

const packageColumns: readonly Column<PackageOrigin>[] = [
  { id: 'package', title: 'PACKAGE', about: 'Name of the package.', width: 22, widest: 44, rank: 0, value: ({ name }) => plain(name) },
  textColumn({ id: 'version', title: 'VERSION', about: 'Installed version.', width: 20, widest: 40, rank: 0, value: ({ version }) => plain(version) }),
  textColumn({ id: 'archive', title: 'ARCHIVE', about: 'Suites that have this version.', width: 20, grow: true, rank: 0, value: (one) => plain(archiveOf(one)) }),
  textColumn({ id: 'candidate', title: 'NEWER', about: 'Newest version in the lists that apt last fetched.', width: 20, widest: 40, rank: 0, value: ({ candidate }) => candidate && plain(candidate) }),
]; // prettier-ignore

const packagesSection = (origins: readonly PackageOrigin[], empty: TableSection['empty']): TableSection<PackageOrigin> => ({
  kind: 'table',
  id: 'origins',
  title: 'Packages',
  note: count(origins.length),
  sources: ['package-origins'],
  columns: packageColumns,
  rows: origins,
  key: ({ name, architecture }) => `${name}:${architecture}`,
  sort: { column: 'archive', descending: false },
  empty,
}); // prettier-ignore
