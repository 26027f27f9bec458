import type { JudgedCells } from './judged-cell.ts';

export const kvmJudged: JudgedCells = {
  'kvm/guests/drops': { rules: ['guest-nic-drops'] },
  'kvm/guests/error': { rules: ['guest-down'] },
  'kvm/guests/guest': { rules: ['guest-down', 'guest-steal', 'guest-throttled', 'guest-monitor-stuck', 'guest-disk-slow', 'guest-memory-low', 'guest-memory-remote', 'guest-swapped', 'guest-nic-drops'] }, // prettier-ignore
  'kvm/guests/monitor': { rules: ['guest-monitor-stuck'] },
  'kvm/guests/place': { rules: ['guest-memory-remote'] },
  'kvm/guests/quota': { rules: ['guest-throttled'] },
  'kvm/guests/readMs': { rules: ['guest-disk-slow'] },
  'kvm/guests/state': { rules: ['guest-down', 'guest-paused'] },
  'kvm/guests/steal': { rules: ['guest-steal'] },
  'kvm/guests/swap': { rules: ['guest-swapped'] },
  'kvm/guests/trouble': { rules: ['guest-down', 'guest-steal', 'guest-throttled', 'guest-monitor-stuck', 'guest-disk-slow', 'guest-memory-low', 'guest-memory-remote', 'guest-swapped', 'guest-nic-drops'] }, // prettier-ignore
  'kvm/guests/usable': { rules: ['guest-memory-low'] },
  'kvm/kvm-host/libvirt': { rules: ['libvirt-unresponsive', 'guest-monitor-stuck'] },
  'kvm/tile/disk': { rules: ['guest-disk-slow'] },
  'kvm/tile/guests': { rules: ['guest-down', 'guest-steal', 'guest-throttled', 'guest-monitor-stuck', 'guest-disk-slow', 'guest-memory-low', 'guest-memory-remote', 'guest-swapped', 'guest-nic-drops'] }, // prettier-ignore
  'kvm/tile/libvirt': { rules: ['libvirt-unresponsive', 'guest-monitor-stuck'] },
  'kvm/tile/steal': { rules: ['guest-steal'] },
};
