import { containerMounts } from '../sources/containers/container-mounts.ts';
import { containerChanges } from '../changes/containers.ts';
import { containerDaemonUnresponsive } from '../findings/containers/daemon-unresponsive.ts';
import { containerFailed } from '../findings/containers/failed.ts';
import { containerPressure } from '../findings/containers/pressure.ts';
import { containerFrozen } from '../findings/containers/frozen.ts';
import { lxdMemberOffline } from '../findings/containers/lxd-member-offline.ts';
import { lxdOperationStuck } from '../findings/containers/lxd-operation-stuck.ts';
import { lxdPoolFull } from '../findings/containers/lxd-pool-full.ts';
import { lxdWarning } from '../findings/containers/lxd-warning.ts';
import { containerMemoryShort } from '../findings/containers/memory-short.ts';
import { containerOom } from '../findings/containers/oom.ts';
import { containerPids } from '../findings/containers/pids.ts';
import { containerRestartLoop } from '../findings/containers/restart-loop.ts';
import { containerThrottled } from '../findings/containers/throttled.ts';
import { containerUnhealthy } from '../findings/containers/unhealthy.ts';
import { containerSteps } from '../findings/containers/steps.ts';
import { http } from '../host/protocols/http/http.ts';
import { containersPane } from '../panes/containers/pane.ts';
import { cgroups } from '../sources/containers/cgroups.ts';
import { dockerEvents } from '../sources/containers/docker-events.ts';
import { dockerInfo } from '../sources/containers/docker-info.ts';
import { dockerInspect } from '../sources/containers/docker-inspect.ts';
import { dockerPing } from '../sources/containers/docker-ping.ts';
import { containerLog, LOG_ENDS } from '../sources/containers/container-log.ts';
import { docker } from '../sources/containers/docker.ts';
import { containerLive } from '../sources/containers/live.ts';
import { containerLogs } from '../sources/containers/logs.ts';
import { lxc } from '../sources/containers/lxc.ts';
import { lxdCluster } from '../sources/containers/lxd-cluster.ts';
import { lxdEvents } from '../sources/containers/lxd-events.ts';
import { lxdInstance } from '../sources/containers/lxd-instance.ts';
import { lxdOperations } from '../sources/containers/lxd-operations.ts';
import { lxdPing } from '../sources/containers/lxd-ping.ts';
import { lxdPools } from '../sources/containers/lxd-pools.ts';
import { lxdServer } from '../sources/containers/lxd-server.ts';
import { lxdWarnings } from '../sources/containers/lxd-warnings.ts';
import { lxd } from '../sources/containers/lxd.ts';
import { podman } from '../sources/containers/podman.ts';
import { unitMemory } from '../sources/containers/unit-memory.ts';
import { vethPeers } from '../sources/containers/veth-peers.ts';
import { withExample } from './details.ts';
import { containerDependencies } from '../incidents/dependencies/containers.ts';
import { containerPressureChecks } from '../ledger/checks/container-pressure.ts';
import { containerChecks, engineChecks } from '../ledger/checks/containers.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of containers and control groups: Docker, LXD, LXC, podman. */
export const containersSubsystem: Subsystem = {
  id: 'containers',
  sources: [
    unitMemory,
    cgroups,
    docker,
    dockerEvents,
    dockerPing,
    dockerInfo,
    lxd,
    lxdEvents,
    lxdPing,
    lxdServer,
    lxdOperations,
    lxdWarnings,
    lxdPools,
    lxdCluster,
    lxc,
    podman,
    containerLogs,
    vethPeers,
  ],
  details: [
    withExample(containerMounts),
    withExample(containerLive),
    withExample(dockerInspect),
    withExample(containerLog),
    withExample(lxdInstance),
  ],
  findings: [
    containerDaemonUnresponsive,
    containerFailed,
    containerPressure,
    containerFrozen,
    containerMemoryShort,
    containerOom,
    containerPids,
    containerRestartLoop,
    containerThrottled,
    containerUnhealthy,
    lxdMemberOffline,
    lxdOperationStuck,
    lxdPoolFull,
    lxdWarning,
  ],
  changes: [containerChanges],
  dependencies: [containerDependencies],
  checks: [containerChecks, containerPressureChecks, engineChecks],
  steps: containerSteps,
  pane: containersPane,
  protocols: [http],
  policy: {
    files: ['/var/lib/containers/storage/overlay-containers/containers.json'],
    logEnds: LOG_ENDS,
    globs: [
      { pattern: '/var/lib/lxc/*/config', links: false },
      { pattern: '/home/*/.local/share/containers/storage/*-containers/containers.json', links: false },
      { pattern: '/var/log/containers/*.log', links: true },
    ],
    commands: [
      {
        argv: ['ip', '-j', 'link', 'show', 'type', 'veth'],
        why: 'veth pairs, and the number of the network namespace that the other end of each is in',
      },
      {
        argv: ['lsns', '-n', '-r', '-t', 'net', '-o', 'NETNSID,PID,NSFS'],
        why: 'a process in each of these namespaces: whose container or pod it is',
      },
      { argv: ['ip', '-j', 'netns', 'list'], why: 'names of namespaces' },
    ],
  },
};
