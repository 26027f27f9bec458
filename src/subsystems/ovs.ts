import { ovsChanges } from '../changes/ovs.ts';
import { ovsBondDegraded } from '../findings/ovs/bond-degraded.ts';
import { ovsConntrackFull } from '../findings/ovs/conntrack-full.ts';
import { ovsControllerLost } from '../findings/ovs/controller-lost.ts';
import { ovsFdb } from '../findings/ovs/fdb.ts';
import { ovsFlowLimit } from '../findings/ovs/flow-limit.ts';
import { ovsLogFaults } from '../findings/ovs/log-faults.ts';
import { ovsMegaflows } from '../findings/ovs/megaflows.ts';
import { ovsMisses } from '../findings/ovs/misses.ts';
import { ovsPacketIns } from '../findings/ovs/packet-ins.ts';
import { ovsPmd } from '../findings/ovs/pmd.ts';
import { ovsPortBroken } from '../findings/ovs/port-broken.ts';
import { ovsSlowDump } from '../findings/ovs/slow-dump.ts';
import { ovsUnresponsive } from '../findings/ovs/unresponsive.ts';
import { ovsUpcallsLost } from '../findings/ovs/upcalls-lost.ts';
import { ovsSteps } from '../findings/ovs/steps.ts';
import { ovsdb } from '../host/protocols/ovs/ovsdb.ts';
import { unixctl } from '../host/protocols/ovs/unixctl.ts';
import { ovsPane } from '../panes/ovs/pane.ts';
import { ovsBridge } from '../sources/ovs/bridge.ts';
import { kernelConntrack, ovsConntrack } from '../sources/ovs/conntrack.ts';
import { ovsDatapath } from '../sources/ovs/datapath.ts';
import { OVS_LOG, ovsLog } from '../sources/ovs/log.ts';
import { ovsDb } from '../sources/ovs/db.ts';
import { ovsFlows } from '../sources/ovs/flows.ts';
import { ovsAllFlows, ovsPortFlows } from '../sources/ovs/port-flows.ts';
import { ovsSwitch } from '../sources/ovs/switch.ts';
import { ovsTableRules } from '../sources/ovs/table-rules.ts';
import { ovsThreads } from '../sources/ovs/threads.ts';
import { ovsTrace } from '../sources/ovs/trace.ts';
import { withExample } from './details.ts';
import { ovsDependencies } from '../incidents/dependencies/ovs.ts';
import { ovsChecks } from '../ledger/checks/ovs.ts';
import { ovsLogChecks } from '../ledger/checks/logs.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of Open vSwitch. */
export const ovsSubsystem: Subsystem = {
  id: 'ovs',
  sources: [ovsDatapath, ovsFlows, ovsDb, ovsSwitch, ovsThreads, ovsLog],
  details: [
    withExample(ovsTrace),
    withExample(ovsPortFlows),
    withExample(ovsAllFlows),
    withExample(ovsBridge),
    withExample(ovsTableRules),
    withExample(ovsConntrack),
    withExample(kernelConntrack),
  ],
  findings: [
    ovsFlowLimit,
    ovsUpcallsLost,
    ovsMisses,
    ovsSlowDump,
    ovsPortBroken,
    ovsControllerLost,
    ovsBondDegraded,
    ovsUnresponsive,
    ovsFdb,
    ovsConntrackFull,
    ovsMegaflows,
    ovsPacketIns,
    ovsPmd,
    ovsLogFaults,
  ],
  changes: [ovsChanges],
  dependencies: [ovsDependencies],
  checks: [ovsChecks, ovsLogChecks],
  steps: ovsSteps,
  pane: ovsPane,
  protocols: [unixctl, ovsdb],
  policy: {
    files: [OVS_LOG],
    commands: [
      {
        argv: [
          'ovs-ofctl',
          '-O',
          'OpenFlow10,OpenFlow13,OpenFlow14,OpenFlow15',
          '--timeout=5',
          'dump-tables',
          '<bridge>',
        ],
        why: 'how many rules are in each OpenFlow table of a bridge, and how many packets looked there',
      },
      {
        argv: [
          'ovs-ofctl',
          '-O',
          'OpenFlow10,OpenFlow13,OpenFlow14,OpenFlow15',
          '--timeout=5',
          'dump-flows',
          '<bridge>',
          'table=<table>',
        ],
        why: 'the rules of one OpenFlow table with their cookies, while its page is open',
      },
    ],
  },
};
