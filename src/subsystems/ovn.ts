import { ovnChanges } from '../changes/ovn.ts';
import { ovnChassisBehind } from '../findings/ovn/chassis-behind.ts';
import { ovnDisconnected } from '../findings/ovn/disconnected.ts';
import { ovnLogFaults } from '../findings/ovn/log-faults.ts';
import { ovnNorthdBehind } from '../findings/ovn/northd-behind.ts';
import { ovnPortClaims } from '../findings/ovn/port-claims.ts';
import { ovnPortUnbound } from '../findings/ovn/port-unbound.ts';
import { ovnRaft } from '../findings/ovn/raft.ts';
import { ovnSteps } from '../findings/ovn/steps.ts';
import { ovnPane } from '../panes/ovn/pane.ts';
import { ovnCentral } from '../sources/ovn/central.ts';
import { ovnDaemons } from '../sources/ovn/daemons.ts';
import { OVN_LOGS, ovnLogs } from '../sources/ovn/logs.ts';
import { ovnCertificates } from '../sources/ovn/certificates.ts';
import { ovnLogicalFlow } from '../sources/ovn/logical-flow.ts';
import { ovnLogicalObject, ovnStageHint } from '../sources/ovn/logical-object.ts';
import { withExample } from './details.ts';
import { ovnDependencies } from '../incidents/dependencies/ovn.ts';
import { claimChecks } from '../ledger/checks/ovn-ports.ts';
import { ovnChecks } from '../ledger/checks/ovn.ts';
import { ovnLogChecks } from '../ledger/checks/logs.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of OVN. */
export const ovnSubsystem: Subsystem = {
  id: 'ovn',
  sources: [ovnDaemons, ovnCentral, ovnLogs],
  details: [
    withExample(ovnLogicalFlow),
    withExample(ovnLogicalObject),
    withExample(ovnStageHint),
    withExample(ovnCertificates),
  ],
  changes: [ovnChanges],
  dependencies: [ovnDependencies],
  checks: [ovnChecks, claimChecks, ovnLogChecks],
  findings: [ovnChassisBehind, ovnNorthdBehind, ovnPortUnbound, ovnPortClaims, ovnDisconnected, ovnRaft, ovnLogFaults],
  steps: ovnSteps,
  pane: ovnPane,
  policy: {
    globs: [{ pattern: OVN_LOGS, links: false }],
    commands: [
      {
        argv: ['openssl', 'x509', '-noout', '-enddate', '-in', '<certificate>'],
        why: 'end dates of the certificates that OVN and Open vSwitch name, while their page is open',
      },
    ],
  },
};
