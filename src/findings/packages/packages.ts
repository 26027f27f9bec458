import { kernelsOf } from '../../entities/packages/kernels.ts';
import { packageFaults } from '../../entities/packages/known-faults.ts';
import { outdatedServices } from '../../entities/packages/outdated-services.ts';
import { LONG_RUN_SECONDS, packageRuns, ranAt } from '../../entities/packages/package-runs.ts';
import { brokenPackages, problemOf } from '../../entities/packages/package-trouble.ts';
import { snapTrouble } from '../../entities/packages/snap-trouble.ts';
import { few } from '../../lib/few.ts';
import { plain } from '../../lib/plain.ts';
import { plural, span } from '../../lib/units.ts';
import { identity } from '../../sources/machine/identity.ts';
import { deletedFiles } from '../../sources/packages/deleted-files.ts';
import { packages } from '../../sources/packages/packages.ts';
import { rebootRequired } from '../../sources/packages/reboot-required.ts';
import { snaps } from '../../sources/packages/snaps.ts';
import { processes } from '../../sources/processes/processes.ts';
import { entityRef, packageRef, processRef, thisHost } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

/** Packages that an unfinished run of dpkg left: their programs may be half of one version and half of another. */
export const packageBroken = defineFinding({
  id: 'package-broken',
  title: 'Packages that are not fully installed',
  needs: { packages, processes },
  authority: 'dpkg(1), dpkg --audit: every state but installed and config-files, read while no package manager ran',
  judge: ({ packages: seen, processes: table }): readonly Found[] => {
    const broken = brokenPackages(seen.now);
    const [first] = broken;
    if (!first || ranAt(table, seen.history.at(-1)?.at)) return [];
    return [
      {
        severity: 'warn',
        entity: thisHost,
        members: broken.map(packageRef),
        subject: 'dpkg',
        subjectVocabulary: 'fixed',
        sentence: `${plural(broken.length, 'package')} ${new Set(broken.map((one) => problemOf(one))).size === 1 ? problemOf(first) : 'not fully installed'}: ${few(broken.map(({ name }) => name))}`,
        evidence: broken.slice(0, 5).map((one) => ({ what: plain(one.name), value: problemOf(one) ?? '', source: 'dpkg-query' })), // prettier-ignore
        next: '`dpkg --audit`, then the end of /var/log/apt/term.log: which script failed; `dpkg --configure -a`',
        pane: 'packages',
      },
    ];
  },
});

/** A package manager that runs for long: it waits for an answer, a lock or the network, and nothing else can be installed. */
export const packageRunLong = defineFinding({
  id: 'package-run-long',
  title: 'Package manager that runs for long',
  needs: { processes },
  authority: `[own]: ${LONG_RUN_SECONDS / 60} min, longer than most upgrades`,
  judge: ({ processes: seen }): readonly Found[] =>
    packageRuns(seen.now?.processes, seen.history.at(-1)?.at).flatMap(({ process, seconds }): Found[] => {
      if (seconds === undefined || seconds < LONG_RUN_SECONDS) return [];
      return [
        {
          severity: 'warn',
          entity: processRef(process),
          subject: `${plain(process.command)}[${process.pid}]`,
          sentence: `running for ${span(seconds)}, may hold the lock of the package database`,
          evidence: [
            { what: 'command', value: plain(process.commandLine ?? process.command), source: `/proc/${process.pid}/cmdline` }, // prettier-ignore
            { what: 'state', value: process.state, source: `/proc/${process.pid}/stat` },
          ],
          next: 'open Processes, its children: a script of a package that waits, a prompt, or a mirror',
          pane: 'packages',
          ...onsetAgo(seconds, 'start of the process'),
        },
      ];
    }),
});

/** A newer kernel is installed, or packages want a reboot: fixes that are not in effect. */
export const rebootPending = defineFinding({
  id: 'reboot-pending',
  title: 'Reboot pending',
  needs: { identity, packages, rebootRequired },
  authority: 'update-notifier: /run/reboot-required; needrestart KSTA 3: the newest installed kernel does not run',
  judge: ({ identity: host, packages: seen, rebootRequired: wish }): readonly Found[] => {
    const kernels = kernelsOf(host.now?.kernel, seen.now);
    const wanted = wish.now?.required === true;
    if (kernels?.pending === undefined && !wanted) return [];
    const by = wish.now?.packages ?? [];
    const kernel = kernels?.pending && `kernel ${plain(kernels.running)} runs, ${plain(kernels.pending)} is installed`;
    return [
      {
        severity: 'info',
        entity: thisHost,
        subject: 'reboot',
        subjectVocabulary: 'fixed',
        sentence: `pending: ${kernel ?? `required by ${by.length > 0 ? few(by) : 'a package'}`}`,
        evidence: [
          { what: 'running kernel', value: plain(host.now?.kernel ?? '—'), source: '/proc/sys/kernel/osrelease' },
          { what: 'newest installed', value: plain(kernels?.pending ?? '—'), source: 'package database' },
          { what: 'required by', value: by.length > 0 ? by.map(plain).join(', ') : '—', source: '/run/reboot-required.pkgs' }, // prettier-ignore
        ],
        next: 'check whether the newer kernel has the fix for this case: `apt changelog linux-image-…`',
        pane: 'packages',
      },
    ];
  },
});

/** Services that run code from before an upgrade. */
export const outdatedCode = defineFinding({
  id: 'outdated-code',
  title: 'Services that run deleted files',
  needs: { deletedFiles, processes },
  authority: 'needrestart(8): executable mappings of deleted files of packages',
  judge: ({ deletedFiles: deleted, processes: seen }): readonly Found[] => {
    const services = outdatedServices(deleted.now, seen.now?.processes);
    const [first] = services;
    if (!first) return [];
    const file = first.files[0]?.split('/').at(-1) ?? '';
    return [
      {
        severity: 'info',
        entity: thisHost,
        members: services.flatMap(({ unit, processes: own }) => (unit === undefined ? own.map(processRef) : [entityRef('unit', unit)])), // prettier-ignore
        subject: 'upgraded code',
        subjectVocabulary: 'fixed',
        sentence: `${plural(services.length, 'service')} not restarted: ${few(services.map(({ name }) => name))} (${plain(file)} deleted)`,
        evidence: services.slice(0, 5).map(({ name, files }) => ({ what: plain(name), value: files.map(plain).join(', '), source: '/proc/PID/maps' })), // prettier-ignore
        next: 'open Packages, Deleted files in use; restart these services in a maintenance window',
        pane: 'packages',
      },
    ];
  },
});

/** Snaps that snapd could not set up, or whose health check fails. */
export const snapBroken = defineFinding({
  id: 'snap-broken',
  title: 'Broken snaps',
  needs: { snaps },
  authority: 'snapd REST API: broken, health.status blocked or error',
  judge: ({ snaps: seen }): readonly Found[] =>
    (seen.now?.snaps ?? []).flatMap((snap): Found[] => {
      const trouble = snapTrouble(snap);
      if (trouble === undefined) return [];
      return [
        {
          severity: 'warn',
          entity: entityRef('snap', snap.name),
          subject: snap.name,
          sentence: plain(trouble),
          evidence: [{ what: 'revision', value: plain(snap.revision ?? '—'), source: 'snapd, GET /v2/snaps' }],
          next: '`snap changes` and `snap change ID`: the task that failed; `snap revert NAME` goes back',
          pane: 'packages',
        },
      ];
    }),
});

/** Installed versions with a published fault. */
export const packageKnownFault = defineFinding({
  id: 'package-known-fault',
  title: 'Versions with a published fault',
  needs: { packages },
  authority: 'reports of Launchpad and the trackers of Ceph, as in the scenarios of hotsos',
  judge: ({ packages: seen }): readonly Found[] =>
    packageFaults(seen.now).map(({ fault, package: one }): Found => ({
      severity: fault.severity,
      entity: packageRef(one),
      condition: fault.id,
      subject: one.name,
      sentence: `${fault.id}: ${fault.sentence}, version ${plain(one.version ?? '')}`,
      evidence: [
        { what: 'version', value: plain(one.version ?? '—'), source: 'package database' },
        { what: 'report', value: fault.link, source: 'list of published faults' },
      ],
      next: `read ${fault.link}, upgrade the package if it fits the symptoms`,
      pane: 'packages',
    })),
});
