import { full, inGroup, part, type FeatureRow } from './feature.ts';

/** Connection, safety, hardware and processes. */
export const hostRows: readonly FeatureRow[] = [
  ...inGroup(
    'Connect',
    full(1, 'Nothing installed on the host', 'src/host/collector src/host/sh-lane.ts', 'test/host/lanes.test.ts test/lab/bad-input.test.ts'),
    full(2, 'Live, from the workstation of the engineer', 'src/host/live-host.ts src/app/App.tsx', 'test/lab/sshd.test.ts test/lab/host.test.ts'),
    full(3, 'ssh config, ProxyJump, agent and sudo prompt', 'src/host/ssh src/host/root-access.ts', 'test/host/ssh/resolve.test.ts test/host/ssh/proxy-jump.test.ts test/host/live-host.test.ts test/lab/ssh-options.test.ts'),
    full(4, 'Reconnect keeps history', 'src/host/backoff.ts src/host/live-host.ts', 'test/host/retry.test.ts test/lab/reconnect.test.ts'),
    full(5, 'Several hosts in one console', 'src/fleet src/app/host-consoles.ts', 'test/app/fleet.test.tsx test/fleet/fleet-session.test.ts test/lab/fleet.test.ts'),
    full(6, 'Few channels (MaxSessions), no SFTP', 'src/host/lane.ts src/host/open-lane.ts', 'test/host/live-host.test.ts test/lab/bad-input.test.ts'),
    full(7, 'Preflight: what is readable, what is not, and why', 'src/commands/doctor.ts', 'test/commands/command-line.test.ts test/app/hidden-processes.test.ts'),
  ),
  ...inGroup(
    'Safety',
    full(8, 'Read-only mode', 'src/host/policy.ts src/host/live-host.ts', 'test/app/read-only.test.tsx test/host/live-host.test.ts'),
    part(9, 'Read-only by default', 'src/host/policy.ts src/app/tool-box.ts', 'test/contract.test.tsx test/app/tool-box.test.ts', 'a tool, shell or command of the config file acts after its confirmation, unless `--read-only` is given'),
    full(10, 'List of permitted reads, audit log of each command', 'src/host/policy.ts src/host/audit.ts', 'test/contract.test.tsx test/host/audit.test.ts test/host/live-host.test.ts'),
    full(11, 'Exact command behind a view, to copy', 'src/app/raw-page.ts src/app/finding-readings.ts', 'test/app/raw-page.test.ts test/journeys/raw-finding.test.tsx'),
    full(12, 'Its own cost shown and budgeted', 'src/collect/cost-meter.ts src/collect/schedule.ts', 'test/collect/schedule.test.ts test/screens/shell-hardware@120x40.txt'),
    full(13, 'Timeout of each read; one that hangs blanks no other', 'src/host/collector src/collect/schedule.ts', 'test/host/collector/hangs.test.ts test/collect/hung-host.test.ts test/app/hung-reads.test.tsx'),
    full(14, 'Risk and cost before ptrace and core dumps', 'src/app/tool-box.ts src/debugger/tools.ts', 'test/journeys/tools.test.tsx test/app/tool-box.test.ts'),
    full(15, 'Tools detach when the connection is lost', 'src/host/attachment.ts src/host/attachment-gate.ts', 'test/host/attachment.test.ts test/lab/enter.test.ts'),
  ),
  ...inGroup(
    'Hardware and NUMA',
    full(16, 'Memory per NUMA node', 'src/panes/machine/nodes.ts src/sources/machine/numa.ts', 'test/sources/machine/numa.test.ts test/screens/hardware@numa-guest@120x40.txt'),
    full(17, 'NUMA hit, miss and foreign rates', 'src/sources/machine/numa-rates.ts src/panes/machine/node-detail.ts', 'test/panes/machine/pane.test.ts test/findings/machine/numa.test.ts'),
    full(18, 'Memory of a process or guest by node', 'src/sources/processes/numa.ts src/findings/kvm/guest-memory-remote.ts', 'test/sources/processes/details.test.ts test/lab/numa.test.ts'),
    full(19, 'PSI of the system', 'src/sources/machine/pressure.ts src/panes/machine/pressure.ts', 'test/sources/machine/pressure.test.ts test/panes/machine/pane.test.ts'),
    part(20, 'PSI per control group', 'src/sources/containers/cgroups.ts src/findings/containers/pressure.ts', 'test/entities/containers/containers-unified.test.ts test/screens/containers@v2-stacks@200x60.txt', 'groups of containers, pods and guests have it, those of services do not'),
    full(21, 'Interrupts, softirqs, softnet', 'src/panes/machine/devices-interrupts.ts src/panes/machine/devices-softirqs.ts src/sources/machine/softnet.ts', 'test/sources/machine/interrupts.test.ts test/sources/machine/network.test.ts test/panes/machine/devices.test.ts'),
    full(22, 'EDAC, MCE, throttling, SMART, AER', 'src/panes/machine/devices-health.ts src/panes/storage/disk-health.ts src/findings/machine/machine-checks.ts', 'test/sources/machine/hardware-errors.test.ts test/sources/storage/disk-health.test.ts'),
    full(23, 'Buddyinfo, compaction, huge pages, slab', 'src/sources/machine/buddyinfo.ts src/sources/machine/compaction.ts src/sources/machine/hugepages.ts src/panes/machine/slabs.ts', 'test/sources/machine/buddyinfo.test.ts test/sources/machine/hugepages.test.ts test/sources/machine/slabinfo.test.ts test/findings/machine/memory.test.ts'),
    part(24, 'GPU', 'src/panes/machine/gpus.ts src/sources/machine/gpus.ts src/sources/machine/nvidia-gpus.ts src/entities/kernel/gpu-kinds.ts', 'test/sources/machine/gpus.test.ts test/panes/machine/gpus.test.ts test/entities/kernel/kernel-kinds.test.ts', 'never seen live; no processes of AMD and Intel'),
  ),
  ...inGroup(
    'Processes',
    full(25, 'Tree, sort, filter', 'src/panes/processes/pane.ts src/ui/table-tree.ts', 'test/ui/table.test.ts test/journeys/triage.test.tsx test/screens/processes@cloud-vm@120x40.txt'),
    full(26, 'D state, wchan, kernel stacks', 'src/findings/processes/processes-blocked.ts src/sources/processes/stacks.ts', 'test/findings/processes/findings.test.ts test/sources/processes/stacks.test.ts'),
    full(27, 'Delay of a process: run queue, block I/O, swap', 'src/sources/processes/processes.ts src/sources/processes/delays.ts src/panes/processes/detail-delays.ts src/host/protocols/network/taskstats.ts', 'test/host/protocols/network/taskstats.test.ts test/sources/processes/delays.test.ts test/panes/processes/detail-delays.test.ts'),
    full(28, 'Container, pod or guest of a process', 'src/sources/containers/cgroup-owner.ts src/panes/processes/columns.ts', 'test/entities/containers/cgroup-owner.test.ts test/entities/containers/containers.test.ts test/screens/processes@container-host@200x60.txt'),
    part(29, 'Short-lived and exited processes', 'src/panes/processes/columns.ts src/tracers/processes.ts', 'test/tracers/tracers.test.ts test/app/tracers.test.tsx', 'CPU time of exited children by parent, their names by execsnoop where a tracer is installed; no accounting file'),
    full(30, 'Files and sockets of a process', 'src/panes/processes/detail-files.ts src/sources/processes/files.ts src/sources/processes/sockets.ts', 'test/sources/processes/details.test.ts test/panes/processes/detail.test.ts'),
  ),
]; // prettier-ignore
