import { kernelEvents } from '../../entities/kernel/kernel-events.ts';
import { KERNEL_RULES, type KernelRule } from '../../entities/kernel/kernel-kind.ts';
import { hostResource, thisHost } from '../../findings/entity-ref.ts';
import { plural } from '../../lib/units.ts';
import { crashFiles } from '../../sources/kernel/crash-files.ts';
import { kernelState } from '../../sources/kernel/kernel-state.ts';
import { kernelLog } from '../../sources/kernel/kernel-log.ts';
import { check, defineChecks, type Check } from '../check.ts';

/** What of the kernel log each rule judges. */
const WHAT: Readonly<Record<KernelRule, string>> = {
  'kernel-bug': 'oops and panic lines',
  'kernel-lockup': 'lockup and stall lines',
  'task-hung': 'hung task lines',
  'disk-errors-logged': 'disk error lines',
  'filesystem-error': 'filesystem error lines',
  'volume-error': 'thin pool, multipath and md lines',
  'server-unresponsive': 'storage server lines',
  'network-table-full': 'full table lines',
  'nic-hung': 'NIC watchdog lines',
  'syn-flood': 'SYN flood lines',
  'process-crashed': 'segfault lines',
  'nic-over-mtu': 'over-mtu lines',
  'gpu-errors-logged': 'GPU error lines',
  'kernel-log-lost': 'dropped lines',
};

/** Kernel log by rule: it covers every object of its rules. */
export const kernelChecks = defineChecks({
  id: 'kernel',
  needs: { kernelLog },
  rules: [...KERNEL_RULES, 'oom-logged'],
  of: ({ kernelLog: seen }): readonly Check[] => {
    const events = seen.now === undefined ? undefined : kernelEvents(seen.now);
    const kills = events?.filter(({ kind }) => kind.id === 'oom').reduce((sum, { count }) => sum + count, 0);
    const ofRule = KERNEL_RULES.flatMap((rule) => {
      const lines = events?.filter(({ kind }) => kind.rule === rule).reduce((sum, { count }) => sum + count, 0);
      return check(
        { entity: thisHost, nameVocabulary: 'fixed', name: 'kernel log', aspect: 'errors', rules: [rule], what: WHAT[rule], limit: '0', load: lines ?? 0, pane: 'kernel-log', wide: true, essential: true }, // prettier-ignore
        lines === undefined ? undefined : plural(lines, 'line'),
        { kernelLog: seen },
      );
    });
    return [
      ...ofRule,
      ...check({ entity: hostResource('memory'), nameVocabulary: 'fixed', name: 'kernel log', aspect: 'errors', rules: ['oom-logged'], what: 'OOM kills', limit: '0', load: kills ?? 0, pane: 'kernel-log', essential: true }, kills === undefined ? undefined : plural(kills, 'kill'), { kernelLog: seen }), // prettier-ignore
    ];
  },
});

/** Faults that the kernel counted, and crash dumps. */
export const crashChecks = defineChecks({
  id: 'kernel-crashes',
  needs: { kernelState, kernelLog, crashFiles },
  rules: ['kernel-counts', 'kernel-crash-dump', 'program-crash-dump'],
  of: ({ kernelState: state, kernelLog: log, crashFiles: files }): readonly Check[] => {
    const kernel = { entity: thisHost, nameVocabulary: 'fixed', name: 'kernel', aspect: 'errors', pane: 'kernel-log', wide: true } as const; // prettier-ignore
    const numberOf = (kind: 'kernel' | 'program') => files.now?.files.filter(({ what }) => what === kind).length;
    const [dumps, cores] = [numberOf('kernel'), numberOf('program')];
    return [
      ...check({ ...kernel, rules: ['kernel-counts'], what: 'oopses counted', limit: 'those in the log' },
        log.now && state.now?.oopses !== undefined ? `${state.now.oopses}` : undefined, { kernelState: state, kernelLog: log }, 'not reported'), // prettier-ignore
      ...check({ ...kernel, rules: ['kernel-crash-dump'], what: 'crash dumps of a week', limit: '0', load: dumps ?? 0 },
        dumps === undefined ? undefined : `${dumps}`, { crashFiles: files }), // prettier-ignore
      ...check({ ...kernel, name: 'programs', rules: ['program-crash-dump'], what: 'core dumps of a week', limit: '0 in a day', load: cores ?? 0 },
        cores === undefined ? undefined : `${cores}`, { crashFiles: files }), // prettier-ignore
    ];
  },
});
