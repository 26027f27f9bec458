import { databaseError } from '../../entities/packages/database-error.ts';
import { lockHolders } from '../../entities/packages/lock-holders.ts';
import { LONG_RUN_SECONDS } from '../../entities/packages/package-runs.ts';
import { isHeld } from '../../entities/packages/package-trouble.ts';
import { few } from '../../lib/few.ts';
import { plain } from '../../lib/plain.ts';
import { plural, span } from '../../lib/units.ts';
import { packageFiles } from '../../sources/packages/package-files.ts';
import { packages } from '../../sources/packages/packages.ts';
import { processes } from '../../sources/processes/processes.ts';
import { packageRef, processRef, thisHost } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

/** dpkg cannot parse its database: nothing can be installed, removed or listed. */
export const packageDatabase = defineFinding({
  id: 'package-database',
  title: 'Package database that dpkg cannot parse',
  needs: { packages },
  authority: 'dpkg-query(1): exit code 2, error: parsing file',
  judge: ({ packages: seen }): readonly Found[] => {
    const gone = seen.missing['dpkg'];
    const error = databaseError(gone);
    if (gone === undefined || error === undefined) return [];
    return [
      {
        severity: 'warn',
        entity: thisHost,
        subject: 'dpkg',
        subjectVocabulary: 'fixed',
        sentence: `database not readable, parse error in ${plain(error.path.slice(error.path.lastIndexOf('/') + 1))}, line ${error.line}`,
        evidence: [{ what: 'error', value: plain(gone.detail), source: 'dpkg-query' }],
        next: `compare ${plain(error.path)} with /var/lib/dpkg/status-old and /var/backups/dpkg.status.0`,
        pane: 'packages',
      },
    ];
  },
});

/** Packages that upgrades pass over. */
export const packageHeld = defineFinding({
  id: 'package-held',
  title: 'Packages on hold',
  needs: { packages },
  authority: 'dpkg(1): selection state hold; upgrades pass over the package, fixes included',
  judge: ({ packages: seen }): readonly Found[] => {
    const held = [...(seen.now?.packages.values() ?? [])].filter((one) => isHeld(one));
    if (held.length === 0) return [];
    return [
      {
        severity: 'info',
        entity: thisHost,
        members: held.map(packageRef),
        subject: 'held packages',
        subjectVocabulary: 'fixed',
        sentence: `${plural(held.length, 'package')} on hold: ${few(held.map(({ name }) => name))}`,
        evidence: held.slice(0, 5).map(({ name, version }) => ({ what: plain(name), value: plain(version ?? '—'), source: 'dpkg-query' })), // prettier-ignore
        next: '`apt-mark showhold`; check whether a newer version has the fix for this case',
        pane: 'packages',
      },
    ];
  },
});

/** A run that holds the locks of apt or dpkg: packages are changed now, and other runs fail. */
export const packageLockHeld = defineFinding({
  id: 'package-lock-held',
  title: 'Locks of the package manager that are held',
  needs: { packageFiles, processes },
  authority: `/proc/locks: lock-frontend and lock of dpkg, lists and archives of apt; above ${LONG_RUN_SECONDS / 60} min package-run-long`,
  judge: ({ packageFiles: files, processes: seen }): readonly Found[] =>
    lockHolders(files.now, seen.now?.processes, seen.history.at(-1)?.at).flatMap(({ process, locks, seconds }): Found[] => {
      if (seconds !== undefined && seconds >= LONG_RUN_SECONDS) return [];
      return [
        {
          severity: 'info',
          entity: processRef(process),
          subject: `${plain(process.command)}[${process.pid}]`,
          sentence: `holds ${few(locks.map((path) => path.replace(/^\/var\/(?:lib|cache)\//, '')))}${seconds === undefined ? '' : `, running for ${span(seconds)}`}`,
          evidence: [
            ...locks.map((path) => ({ what: plain(path), value: `PID ${process.pid}`, source: '/proc/locks' })),
            { what: 'command', value: plain(process.commandLine ?? process.command), source: `/proc/${process.pid}/cmdline` },
          ],
          next: 'open Packages: what it changes; other package managers fail until it ends',
          pane: 'packages',
          ...onsetAgo(seconds, 'start of the process'),
        },
      ];
    }),
}); // prettier-ignore
