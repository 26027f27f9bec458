import { guestNeeds } from '../../entities/kvm/guests.ts';
import { percent, plural } from '../../lib/units.ts';
import { hostResource } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { recentGuests } from '../../entities/kvm/recent-guests.ts';
import { limits } from '../../thresholds.ts';

/** More vCPUs than CPUs: not a fault by itself, but the cause of steal once all guests are busy. */
export const vcpuOvercommit = defineFinding({
  id: 'vcpu-overcommit',
  title: 'vCPU overcommit',
  needs: guestNeeds,
  authority: limits.vcpusPerCpu.authority,
  judge: (moment): readonly Found[] => {
    const guests = recentGuests(moment).filter(({ process }) => process !== undefined);
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
        subjectVocabulary: 'fixed',
        entity: hostResource('cpu'),
        sentence: `${plural(vcpus, 'vCPU')} (${plural(guests.length, 'guest')}) on ${plural(cpus, 'CPU')}, ${ratio.toFixed(1)} per CPU`,
        evidence: [
          { what: 'vCPUs', value: String(vcpus), source: 'QEMU threads or domain XML' },
          { what: 'CPUs', value: String(cpus), source: '/sys/devices/system/cpu/online' },
          {
            what: 'worst steal',
            value: known.length === 0 ? 'unknown' : percent(Math.max(...known)),
            source: '/proc/QEMU/task/*/schedstat',
          },
        ],
        next: 'open KVM: watch STEAL; without steal overcommit needs no action',
        pane: 'kvm',
      },
    ];
  },
});
