import { toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * Exits of guests to the host by reason, counters of each guest since its start, summed over its vCPUs. They stand in a folder of debugfs
 * for each file descriptor of a guest, named PID-FD. https://docs.kernel.org/virt/kvm/api.html#kvm-get-stats-fd
 *
 *     /sys/kernel/debug/kvm/24178-12/exits         4193370
 *     /sys/kernel/debug/kvm/24178-12/halt_exits    52113
 *     /sys/kernel/debug/kvm/24178-12/io_exits      1130
 *
 * A guest that leaves the CPU for MMIO or port I/O runs without paravirtual devices; one with many halts is idle.
 */
export const kvmExits = defineSource({
  id: 'kvm-exits',
  title: 'Exits of guests',
  why: 'Shows how often guests leave the CPU to the host, and why.',
  everySeconds: 10,
  value: 'low',
  reads: { files: { kind: 'glob', pattern: '/sys/kernel/debug/kvm/[0-9]*-*/*exits', as: 'root' } },
  parse: ({ files }) => {
    const guests = new Map<number, Map<string, number>>();
    for (const [path, text] of files ?? []) {
      const [, digits, name = ''] = PATH.exec(path) ?? [];
      const [pid, count] = [toCount(digits), toCount(text.trim())];
      if (pid === undefined || count === undefined) continue;
      const reasons = guests.get(pid) ?? new Map<string, number>();
      reasons.set(name, (reasons.get(name) ?? 0) + count);
      guests.set(pid, reasons);
    }
    return { guests };
  },
});

const PATH = /\/kvm\/(\d+)-[^/]*\/(?:(\w+)_)?exits$/;
