import { kernelsOf, type Kernels } from '../../entities/packages/kernels.ts';
import { packageFaults, type PackageFault } from '../../entities/packages/known-faults.ts';
import { lockHolders, type LockHolder } from '../../entities/packages/lock-holders.ts';
import { outdatedServices, type OutdatedService } from '../../entities/packages/outdated-services.ts';
import { LONG_RUN_SECONDS, packageRuns, type PackageRun } from '../../entities/packages/package-runs.ts';
import { isHeld, isInstalled, problemOf } from '../../entities/packages/package-trouble.ts';
import { label, plain } from '../../lib/plain.ts';
import { count, plural, span } from '../../lib/units.ts';
import { identity } from '../../sources/machine/identity.ts';
import { deletedFiles } from '../../sources/packages/deleted-files.ts';
import { packageFiles } from '../../sources/packages/package-files.ts';
import { packages, type Package } from '../../sources/packages/packages.ts';
import { rebootRequired, type RebootRequired } from '../../sources/packages/reboot-required.ts';
import { unattendedUpgrades, type UnattendedUpgrades } from '../../sources/packages/unattended-upgrades.ts';
import { snaps, type SnapsSample } from '../../sources/packages/snaps.ts';
import { processes } from '../../sources/processes/processes.ts';
import type { Moment } from '../../timeline/moment.ts';
import { nothingWords, numberKnown, stateOf, type NothingWords } from '../../timeline/reading-state.ts';
import { presenceOf } from '../../ui/kit/presence.ts';
import { definePane, type Presence, type Tile } from '../pane.ts';
import { managerSection } from './manager-section.ts';
import { originsOnDemand } from './origins.ts';
import { outdatedSection, packagesSection, snapsSection } from './tables.ts';

const needs = { identity, packageFiles, packages, rebootRequired, unattendedUpgrades, deletedFiles, snaps, processes };

export interface PackageRow {
  readonly package: Package;
  readonly name: string;
  readonly problem: string | undefined;
  readonly held: boolean;
  readonly faults: readonly PackageFault[];
}

export interface PackagesModel {
  readonly presence: Presence;
  readonly manager: 'dpkg' | 'rpm' | undefined;
  readonly rows: readonly PackageRow[];
  readonly left: number;
  readonly kernels: Kernels | undefined;
  readonly reboot: RebootRequired | undefined;
  readonly runs: readonly PackageRun[] | undefined;
  readonly locks: readonly LockHolder[];
  readonly outdated: readonly OutdatedService[];
  readonly snaps: SnapsSample | undefined;
  readonly unattended: UnattendedUpgrades | undefined;
  readonly empty: NothingWords;
  readonly outdatedEmpty: NothingWords;
  readonly outdatedNumber: number | undefined;
  readonly snapsEmpty: NothingWords;
}

/** Pane of packages: those with a problem first, services that run deleted files, snaps. */
export const packagesPane = definePane({
  id: 'packages',
  title: 'Packages',
  aliases: ['package', 'pkg', 'apt', 'dpkg', 'deb', 'rpm', 'dnf', 'yum', 'snap', 'snaps', 'kernels'],
  needs,
  model: packagesModel,
  presence: ({ presence }) => presence,
  sections: (model) => [
    managerSection(model),
    packagesSection(model),
    outdatedSection(model),
    snapsSection(model),
    ...(model.manager === 'dpkg' ? [originsOnDemand()] : []),
  ],
  tile,
});

export function packagesModel({
  identity: host,
  packageFiles: files,
  packages: seen,
  rebootRequired: wish,
  deletedFiles: deleted,
  snaps: snapd,
  unattendedUpgrades: upgrades,
  processes: table,
}: Moment<typeof needs>): PackagesModel {
  const all = seen.now;
  const faults = Map.groupBy(packageFaults(all), ({ package: one }) => one);
  const outdated = outdatedServices(deleted.now, table.now?.processes);
  const deletedStates = [stateOf(deleted), stateOf(table)] as const;
  return {
    presence: presenceOf(
      all !== undefined || snapd.now !== undefined,
      'no packages of dpkg, rpm or snapd',
      seen,
      snapd,
    ),
    manager: all?.manager,
    rows: [...(all?.packages.values() ?? [])]
      .filter((one) => isInstalled(one))
      .map((one): PackageRow => ({
        package: one,
        name: plain(one.name),
        problem: problemOf(one),
        held: isHeld(one),
        faults: faults.get(one) ?? [],
      })) // prettier-ignore
      .toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1)),
    left: all?.left ?? 0,
    kernels: kernelsOf(host.now?.kernel, all),
    reboot: wish.now,
    runs: table.now && packageRuns(table.now.processes, table.history.at(-1)?.at),
    locks: lockHolders(files.now, table.now?.processes, table.history.at(-1)?.at),
    outdated,
    snaps: snapd.now,
    unattended: upgrades.now,
    empty: nothingWords('none', stateOf(seen)),
    outdatedEmpty: nothingWords('none', ...deletedStates),
    outdatedNumber: numberKnown(outdated.length, ...deletedStates),
    snapsEmpty: nothingWords('none', stateOf(snapd)),
  };
}

const rank = ({ problem, faults, held }: PackageRow): number =>
  problem === undefined ? (faults.length > 0 ? 1 : held ? 2 : 3) : 0;

function tile({ manager, rows, kernels, reboot, runs, outdatedNumber, snaps: snapd, empty }: PackagesModel): Tile {
  const broken = rows.filter(({ problem }) => problem !== undefined).length;
  const held = rows.filter(({ held: isHold }) => isHold).length;
  const long = runs?.find(({ seconds }) => (seconds ?? 0) >= LONG_RUN_SECONDS);
  return {
    figures: [
      manager === undefined
        ? { label: 'packages', value: empty, role: 'dim' }
        : { label: 'packages', value: `${count(rows.length)} (${manager})` },
      ...(broken > 0 ? [{ label: 'broken', value: String(broken) }] : []),
      ...(held > 0 ? [{ label: 'held', value: String(held) }] : []),
      ...(kernels?.pending !== undefined || reboot?.required === true ? [{ label: 'reboot', value: 'pending' }] : []),
      ...(outdatedNumber ? [{ label: 'not restarted', value: plural(outdatedNumber, 'service') }] : []),
      ...(snapd && snapd.snaps.length > 0 ? [{ label: 'snaps', value: count(snapd.snaps.length) }] : []),
      ...(long ? [{ label: label(plain(long.process.command)), value: `runs ${span(long.seconds ?? 0)}` }] : []),
    ],
  };
}
