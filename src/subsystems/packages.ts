import {
  outdatedCode,
  packageBroken,
  packageKnownFault,
  packageRunLong,
  rebootPending,
  snapBroken,
} from '../findings/packages/packages.ts';
import { packageDatabase, packageHeld, packageLockHeld } from '../findings/packages/manager.ts';
import { packageSteps } from '../findings/packages/steps.ts';
import { packageChecks } from '../ledger/checks/packages.ts';
import { packagesPane } from '../panes/packages/pane.ts';
import { deletedFiles, FIND_DELETED } from '../sources/packages/deleted-files.ts';
import { packageFiles } from '../sources/packages/package-files.ts';
import { DPKG_QUERY, packages, RPM_QUERY } from '../sources/packages/packages.ts';
import { REBOOT_FILES, rebootRequired } from '../sources/packages/reboot-required.ts';
import { APT_LIST, packageOrigins } from '../sources/packages/package-origins.ts';
import { snaps } from '../sources/packages/snaps.ts';
import { APT_SETTINGS, unattendedUpgrades } from '../sources/packages/unattended-upgrades.ts';
import { withExample } from './details.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of packages and snaps. Their logs are in that of the machine, for what changed. */
export const packagesSubsystem: Subsystem = {
  id: 'packages',
  sources: [packageFiles, packages, rebootRequired, unattendedUpgrades, deletedFiles, snaps],
  details: [withExample(packageOrigins)],
  findings: [
    packageDatabase,
    packageBroken,
    packageRunLong,
    packageLockHeld,
    rebootPending,
    outdatedCode,
    snapBroken,
    packageKnownFault,
    packageHeld,
  ],
  steps: packageSteps,
  dependencies: [],
  checks: [packageChecks],
  pane: packagesPane,
  policy: {
    files: REBOOT_FILES,
    globs: [{ pattern: APT_SETTINGS, links: false }],
    commands: [
      { argv: DPKG_QUERY, why: 'names, versions and states of installed packages of dpkg; it takes no lock' },
      { argv: RPM_QUERY, why: 'names and versions of installed packages of rpm' },
      { argv: APT_LIST, why: 'archives of installed packages, when the engineer opens them; no lock, nothing written' },
      { argv: FIND_DELETED, why: 'which processes run code of a file that was deleted since' },
    ],
  },
};
