import { guestNeeds } from '../../entities/kvm/guests.ts';
import { count, percent } from '../../lib/units.ts';
import { defineFinding, type Found } from '../finding.ts';
import { guestsLately } from './guest-rates.ts';
import { limits } from '../../thresholds.ts';

/** More vCPUs than CPUs is no fault by itself; it explains steal, and says what happens when all get busy. */
export const vcpuOvercommit = defineFinding({
  id: 'vcpu-overcommit',
  title: 'Many vCPUs for few CPUs',
  needs: guestNeeds,
  authority: limits.vcpusPerCpu.authority,
  judge: (moment): readonly Found[] => {
    const guests = guestsLately(moment).filter(({ process }) => process !== undefined);
    const cpus = moment.cpuTopology.now?.onlineCpus?.length;
    if (cpus === undefined || cpus === 0 || guests.some(({ vcpuCount }) => vcpuCount === undefined)) return [];
    const vcpus = guests.reduce((sum, { vcpuCount }) => sum + (vcpuCount ?? 0), 0);
    const ratio = vcpus / cpus;
    if (ratio < limits.vcpusPerCpu.warn) return [];
    const known = guests.map(({ cpu }) => cpu.stealPct).filter((steal) => steal !== undefined);
    return [
      {
        severity: ratio >= limits.vcpusPerCpu.crit ? 'warn' : 'info',
        subject: 'host',
        sentence: `${vcpus} vCPUs of ${guests.length} guests share ${count(cpus)} CPUs: ${ratio.toFixed(1)} each`,
        evidence: [
          { what: 'vCPUs', value: String(vcpus), source: 'threads of QEMU, else definitions' },
          { what: 'CPUs', value: String(cpus), source: '/sys/devices/system/cpu/online' },
          {
            what: 'worst steal',
            value: known.length === 0 ? 'unknown' : percent(Math.max(...known)),
            source: '/proc/QEMU/task/*/schedstat',
          },
        ],
        next: 'no fault as long as no guest waits: watch steal in KVM',
        pane: 'kvm',
      },
    ];
  },
});
