import { kernelsOf, type Kernels } from '../../entities/packages/kernels.ts';
import { packageFaults } from '../../entities/packages/known-faults.ts';
import { outdatedServices } from '../../entities/packages/outdated-services.ts';
import { LONG_RUN_SECONDS, packageRuns } from '../../entities/packages/package-runs.ts';
import { lockHolders } from '../../entities/packages/lock-holders.ts';
import { databaseError } from '../../entities/packages/database-error.ts';
import { brokenPackages, isHeld } from '../../entities/packages/package-trouble.ts';
import { snapTrouble } from '../../entities/packages/snap-trouble.ts';
import { thisHost } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { identity } from '../../sources/machine/identity.ts';
import { deletedFiles } from '../../sources/packages/deleted-files.ts';
import { packageFiles } from '../../sources/packages/package-files.ts';
import { packages } from '../../sources/packages/packages.ts';
import { rebootRequired } from '../../sources/packages/reboot-required.ts';
import { snaps } from '../../sources/packages/snaps.ts';
import { processes } from '../../sources/processes/processes.ts';
import { isWhole, numberKnown, stateOf } from '../../timeline/reading-state.ts';
import { check, defineChecks, type Check } from '../check.ts';

const rebootText = (kernels: Kernels | undefined, isRequired: boolean): string =>
  kernels?.pending === undefined ? (isRequired ? 'required' : 'not required') : `${plain(kernels.pending)} installed`;

/** Packages and snaps by rule; each line covers all of them. */
export const packageChecks = defineChecks({
  id: 'packages',
  needs: { identity, packageFiles, packages, rebootRequired, deletedFiles, snaps, processes },
  rules: ['package-database', 'package-broken', 'package-held', 'package-known-fault', 'package-lock-held', 'package-run-long', 'reboot-pending', 'outdated-code', 'snap-broken'],
  of: ({ identity: host, packageFiles: files, packages: seen, rebootRequired: wish, deletedFiles: deleted, snaps: snapd, processes: table }): readonly Check[] => {
    const line = (rule: string, name: string, what: string, number: number | undefined, sources: Parameters<typeof check>[2], limit = '0') =>
      check({ entity: thisHost, nameVocabulary: 'fixed', name, aspect: 'errors', rules: [rule], what, limit, load: number ?? 0, pane: 'packages', wide: true }, number === undefined ? undefined : String(number), sources);
    const all = seen.now;
    const kernels = kernelsOf(host.now?.kernel, all);
    const states = [stateOf(deleted), stateOf(table)] as const;
    const services = numberKnown(outdatedServices(deleted.now, table.now?.processes).length, ...states);
    const long = packageRuns(table.now?.processes, table.history.at(-1)?.at).filter(({ seconds }) => (seconds ?? 0) >= LONG_RUN_SECONDS);
    const runs = numberKnown(long.length, stateOf(table));
    const broken = snapd.now?.snaps.filter((snap) => snapTrouble(snap) !== undefined);
    const isUnreadable = databaseError(seen.missing['dpkg']) !== undefined;
    const locks = files.now && numberKnown(lockHolders(files.now, table.now?.processes, table.history.at(-1)?.at).length, stateOf(files), stateOf(table));
    return [
      ...line('package-database', 'package database', 'parse errors', isUnreadable ? 1 : all && 0, { packages: seen }),
      ...line('package-held', 'packages', 'on hold', all && [...all.packages.values()].filter((one) => isHeld(one)).length, { packages: seen }),
      ...line('package-lock-held', 'package managers', 'holding locks', locks, { packageFiles: files, processes: table }),
      ...line('package-broken', 'packages', 'not fully installed', all && brokenPackages(all).length, { packages: seen }),
      ...line('package-known-fault', 'packages', 'versions with a published fault', all && packageFaults(all).length, { packages: seen }),
      ...line('package-run-long', 'package managers', 'running for 30 min', runs, { processes: table }),
      ...check(
        { entity: thisHost, nameVocabulary: 'fixed', name: 'kernel', aspect: 'errors', rules: ['reboot-pending'], what: 'reboot pending', load: wish.now?.required === true || kernels?.pending !== undefined ? 1 : 0, pane: 'packages', wide: true },
        isWhole(stateOf(wish)) && (all ?? wish.now) !== undefined ? rebootText(kernels, wish.now?.required === true) : undefined,
        { identity: host, packages: seen, rebootRequired: wish },
      ),
      ...line('outdated-code', 'services', 'running deleted files', services, { deletedFiles: deleted, processes: table }),
      ...line('snap-broken', 'snaps', 'broken', broken?.length, { snaps: snapd }),
    ];
  },
}); // prettier-ignore
