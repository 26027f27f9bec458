import { serviceJournalFaults, serviceLogFaults } from '../findings/systemd/service-log-faults.ts';
import { journalShort } from '../findings/systemd/journal.ts';
import { systemdSteps } from '../findings/systemd/steps.ts';
import { unitFailed, unitNotLoaded, unitRestartLoop, unitStuck } from '../findings/systemd/units.ts';
import {
  socketRefused,
  timerOverdue,
  unitJobsWaiting,
  unitMissing,
  unitTasksLimit,
} from '../findings/systemd/watched-units.ts';
import { systemd } from '../host/protocols/systemd/systemd.ts';
import { journalChecks, systemdChecks, watchedUnitChecks } from '../ledger/checks/systemd.ts';
import { serviceLogChecks } from '../ledger/checks/logs.ts';
import { systemdPane } from '../panes/systemd/pane.ts';
import { SERVICE_JOURNAL, SERVICE_LOGS, serviceJournal, serviceLogs } from '../sources/systemd/service-logs.ts';
import { bootUnits } from '../sources/systemd/boot-units.ts';
import { FIND_JOURNALS, JOURNALD_CONF, JOURNALD_DROP_INS, journalFiles } from '../sources/systemd/journal-files.ts';
import { JOURNAL_COMMANDS, journalEntries } from '../sources/systemd/journal.ts';
import { SYSLOG_FILE, unitLog } from '../sources/systemd/unit-log.ts';
import { busServices } from '../sources/systemd/bus-services.ts';
import { unitTasks } from '../sources/systemd/unit-tasks.ts';
import { watchedUnits } from '../sources/systemd/watched-units.ts';
import { unitInvocations, unitManager, units } from '../sources/systemd/units.ts';
import { withExample } from './details.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of systemd: its units, jobs and journal. Dependencies of units are in that of the processes. */
export const systemdSubsystem: Subsystem = {
  id: 'systemd',
  sources: [
    units,
    unitInvocations,
    unitManager,
    busServices,
    watchedUnits,
    unitTasks,
    serviceLogs,
    serviceJournal,
    journalFiles,
  ],
  details: [withExample(unitLog), withExample(journalEntries), withExample(bootUnits)],
  findings: [
    unitFailed,
    unitRestartLoop,
    unitTasksLimit,
    unitStuck,
    unitJobsWaiting,
    unitMissing,
    unitNotLoaded,
    socketRefused,
    timerOverdue,
    serviceLogFaults,
    serviceJournalFaults,
    journalShort,
  ],
  steps: systemdSteps,
  dependencies: [],
  checks: [systemdChecks, watchedUnitChecks, serviceLogChecks, journalChecks],
  pane: systemdPane,
  protocols: [systemd],
  policy: {
    files: [SYSLOG_FILE, JOURNALD_CONF],
    globs: [
      { pattern: '/run/systemd/units/invocation:*', links: true },
      { pattern: '/usr/share/dbus-1/system-services/*.service', links: false },
      { pattern: '/usr/lib/systemd/system/dbus-*.service', links: true },
      { pattern: '/etc/systemd/system/dbus-*.service', links: true },
      ...JOURNALD_DROP_INS.map((pattern) => ({ pattern, links: false })),
      ...SERVICE_LOGS.map((pattern) => ({ pattern, links: false })),
    ],
    commands: [
      ...JOURNAL_COMMANDS.map((argv) => ({ argv, why: 'entries of a unit or a process, while their page is open' })),
      { argv: FIND_JOURNALS, why: 'names, times and sizes of the files of the journal' },
      { argv: SERVICE_JOURNAL, why: 'faults that services logged in the last 6 hours, up to 2000 lines' },
    ],
  },
};
