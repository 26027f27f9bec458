import { systemdSteps } from '../findings/systemd/steps.ts';
import { unitFailed, unitNotLoaded, unitRestartLoop, unitStuck } from '../findings/systemd/units.ts';
import { systemd } from '../host/protocols/systemd/systemd.ts';
import { systemdChecks } from '../ledger/checks/systemd.ts';
import { systemdPane } from '../panes/systemd/pane.ts';
import { unitLog } from '../sources/systemd/unit-log.ts';
import { unitInvocations, unitManager, units } from '../sources/systemd/units.ts';
import { withExample } from './details.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of systemd: its units, jobs and journal. Dependencies of units are in that of the processes. */
export const systemdSubsystem: Subsystem = {
  id: 'systemd',
  sources: [units, unitInvocations, unitManager],
  details: [withExample(unitLog)],
  findings: [unitFailed, unitRestartLoop, unitStuck, unitNotLoaded],
  steps: systemdSteps,
  dependencies: [],
  checks: [systemdChecks],
  pane: systemdPane,
  protocols: [systemd],
  policy: {
    globs: [{ pattern: '/run/systemd/units/invocation:*', links: true }],
    commands: [
      {
        argv: ['journalctl', '--no-pager', '--quiet', '--output=short-iso', '--lines=200', '--unit=<unit>'],
        why: 'the last lines that a unit logged, while its page is open',
      },
    ],
  },
};
