import { kvmChanges } from '../changes/kvm.ts';
import { guestDiskSlow } from '../findings/kvm/guest-disk-slow.ts';
import { guestPaused } from '../findings/kvm/guest-paused.ts';
import { guestDown } from '../findings/kvm/guest-down.ts';
import { guestJobStuck } from '../findings/kvm/guest-job-stuck.ts';
import { guestMemoryLow } from '../findings/kvm/guest-memory-low.ts';
import { guestMemoryRemote } from '../findings/kvm/guest-memory-remote.ts';
import { guestMonitorStuck } from '../findings/kvm/guest-monitor-stuck.ts';
import { guestNicDrops } from '../findings/kvm/guest-nic-drops.ts';
import { guestSteal } from '../findings/kvm/guest-steal.ts';
import { guestSwapped } from '../findings/kvm/guest-swapped.ts';
import { guestThreadBlocked } from '../findings/kvm/guest-thread-blocked.ts';
import { guestThrottled } from '../findings/kvm/guest-throttled.ts';
import { libvirtUnresponsive } from '../findings/kvm/libvirt-unresponsive.ts';
import { vcpuOvercommit } from '../findings/kvm/vcpu-overcommit.ts';
import { kvmSteps } from '../findings/kvm/steps.ts';
import { libvirt } from '../host/protocols/kvm/libvirt.ts';
import { kvmPane } from '../panes/kvm/pane.ts';
import { guestLog } from '../sources/kvm/guest-log.ts';
import { guestMonitor } from '../sources/kvm/guest-monitor.ts';
import { guestTaps } from '../sources/kvm/guest-taps.ts';
import { kvmExits } from '../sources/kvm/kvm-exits.ts';
import { libvirtAbout } from '../sources/kvm/libvirt-about.ts';
import { libvirtDomains } from '../sources/kvm/libvirt-domains.ts';
import { libvirtMonitor } from '../sources/kvm/libvirt-monitor.ts';
import { libvirtXml } from '../sources/kvm/libvirt-xml.ts';
import { qemuThreads } from '../sources/kvm/qemu-threads.ts';
import { withExample } from './details.ts';
import { kvmDependencies } from '../incidents/dependencies/kvm.ts';
import { guestChecks } from '../ledger/checks/kvm.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of KVM guests: libvirt and QEMU. */
export const kvmSubsystem: Subsystem = {
  id: 'kvm',
  sources: [qemuThreads, libvirtXml, libvirtMonitor, libvirtDomains, libvirtAbout, kvmExits],
  details: [withExample(guestTaps), withExample(guestMonitor), withExample(guestLog)],
  findings: [
    guestDown,
    guestPaused,
    guestMonitorStuck,
    guestSteal,
    guestThrottled,
    guestDiskSlow,
    guestMemoryRemote,
    guestJobStuck,
    guestSwapped,
    guestMemoryLow,
    guestNicDrops,
    guestThreadBlocked,
    libvirtUnresponsive,
    vcpuOvercommit,
  ],
  changes: [kvmChanges],
  dependencies: [kvmDependencies],
  checks: [guestChecks],
  steps: kvmSteps,
  pane: kvmPane,
  protocols: [libvirt],
  policy: {
    commands: [{ argv: ['tail', '-n', '60', '<guest-log>'], why: 'the end of the log of one guest' }],
  },
};
