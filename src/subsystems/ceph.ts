import { cephChanges } from '../changes/ceph.ts';
import { cephLogFaults } from '../findings/ceph/log-faults.ts';
import { cephHealthChecks } from '../findings/ceph/health.ts';
import { cephMonSlow } from '../findings/ceph/mon-slow.ts';
import { cephMonsUnresponsive } from '../findings/ceph/mons-unresponsive.ts';
import { cephOsdMap } from '../findings/ceph/osd-map.ts';
import { cephOsdSlow } from '../findings/ceph/osd-slow.ts';
import { cephOsdMemory, cephSpillover, cephThrottled } from '../findings/ceph/osd-store.ts';
import { cephOsdUnresponsive } from '../findings/ceph/osd-unresponsive.ts';
import { cephPgsInactive } from '../findings/ceph/pgs-inactive.ts';
import { cephPingsSlow } from '../findings/ceph/pings-slow.ts';
import { cephSteps } from '../findings/ceph/steps.ts';
import { asok } from '../host/protocols/ceph/asok.ts';
import { rados } from '../host/protocols/ceph/rados.ts';
import { cephPane } from '../panes/ceph/pane.ts';
import { cephAllOsds } from '../sources/ceph/all-osds.ts';
import { cephCommit } from '../sources/ceph/commit.ts';
import { cephDevices } from '../sources/ceph/devices.ts';
import { cephFleet } from '../sources/ceph/fleet.ts';
import { cephHealth } from '../sources/ceph/health.ts';
import { cephHeartbeats } from '../sources/ceph/heartbeats.ts';
import { cephHistograms } from '../sources/ceph/histograms.ts';
import { cephMemoryTargets } from '../sources/ceph/memory-targets.ts';
import { cephMonCounters } from '../sources/ceph/mon-counters.ts';
import { cephMonStore } from '../sources/ceph/mon-store.ts';
import { CEPH_LOGS, cephLogs, MICROCEPH_LOGS } from '../sources/ceph/logs.ts';
import { cephMons } from '../sources/ceph/mons.ts';
import { cephOps, cephSlowOps } from '../sources/ceph/ops.ts';
import { cephRemoteOsdOps, cephOsdOps } from '../sources/ceph/osd-ops.ts';
import { cephOsdmap } from '../sources/ceph/osdmap.ts';
import { cephOsds } from '../sources/ceph/osds.ts';
import { cephPools } from '../sources/ceph/pools.ts';
import { rbdDevices } from '../sources/ceph/rbd-devices.ts';
import { cephStatus } from '../sources/ceph/status.ts';
import { cephClientSession } from '../sources/ceph/client-session.ts';
import { withExample } from './details.ts';
import { cephDependencies } from '../incidents/dependencies/ceph.ts';
import { cephClusterChecks } from '../ledger/checks/ceph-cluster.ts';
import { osdChecks, osdReplyChecks } from '../ledger/checks/ceph.ts';
import { cephLogChecks } from '../ledger/checks/logs.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of Ceph: OSDs, monitors, pools. */
export const cephSubsystem: Subsystem = {
  id: 'ceph',
  sources: [
    cephOsds,
    cephStatus,
    cephHealth,
    cephMons,
    cephMonCounters,
    cephMonStore,
    cephOsdmap,
    cephCommit,
    cephAllOsds,
    cephPools,
    cephOps,
    cephSlowOps,
    cephHistograms,
    cephHeartbeats,
    cephMemoryTargets,
    cephFleet,
    cephDevices,
    rbdDevices,
    cephLogs,
  ],
  details: [withExample(cephOsdOps), withExample(cephRemoteOsdOps), withExample(cephClientSession)],
  findings: [
    cephOsdSlow,
    cephOsdUnresponsive,
    cephMonsUnresponsive,
    cephMonSlow,
    cephPgsInactive,
    cephHealthChecks,
    cephPingsSlow,
    cephSpillover,
    cephThrottled,
    cephOsdMemory,
    cephOsdMap,
    cephLogFaults,
  ],
  changes: [cephChanges],
  dependencies: [cephDependencies],
  checks: [osdReplyChecks, osdChecks, cephClusterChecks, cephLogChecks],
  steps: cephSteps,
  pane: cephPane,
  protocols: [asok, rados],
  policy: {
    globs: [
      { pattern: CEPH_LOGS, links: false },
      { pattern: MICROCEPH_LOGS, links: false },
      { pattern: '/var/lib/ceph/osd/*/block*', links: true },
      { pattern: '/var/lib/ceph/*/osd.*/block*', links: true },
      { pattern: '/var/snap/microceph/common/data/osd/*/block*', links: true },
    ],
  },
};
