import { cpufreq } from '../../sources/machine/cpufreq.ts';
import { hostResource } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const FOLDER = '/sys/devices/system/cpu/cpu0/cpufreq/';

/** Drivers whose active mode reads `powersave` as "the hardware decides", not "lowest frequency". */
const HARDWARE_DECIDES: readonly (string | undefined)[] = ['intel_pstate', 'amd-pstate-epp'];

/** CPU frequency limited by governor, energy preference or scaling_max_freq. */
export const cpuPowerSaving = defineFinding({
  id: 'cpu-power-saving',
  title: 'CPU frequency limited',
  needs: { cpufreq },
  authority: 'hotsos: powersave on hosts of Ceph and OpenStack; kernel: admin-guide/pm/cpufreq',
  judge: (moment) => {
    const now = moment.cpufreq.now;
    if (!now) return [];
    const { governor, driver, preference, allowedKHz, possibleKHz } = now;
    const gigahertz = (kHz: number): string => `${(kHz / 1e6).toFixed(2)} GHz`;
    const found: Found[] = [];
    const slow = governor === 'powersave' && !HARDWARE_DECIDES.includes(driver);
    if (slow || preference === 'power')
      found.push({
        severity: slow ? 'warn' : 'info',
        subject: 'cpu governor',
        subjectVocabulary: 'fixed',
        entity: hostResource('cpu'),
        condition: 'governor',
        sentence: slow
          ? `powersave, CPUs at lowest frequency (driver ${driver ?? 'unknown'})`
          : `${governor ?? 'unknown'}, energy_performance_preference power`,
        evidence: [
          { what: 'governor', value: governor ?? 'unknown', source: `${FOLDER}scaling_governor` },
          { what: 'driver', value: driver ?? 'unknown', source: `${FOLDER}scaling_driver` },
          {
            what: 'preference',
            value: preference ?? 'none',
            source: `${FOLDER}energy_performance_preference`,
          },
        ],
        next: 'check `cpupower frequency-info`; governor `performance` is usual on storage and KVM hosts',
        pane: 'hardware',
      });
    if (allowedKHz !== undefined && possibleKHz !== undefined && allowedKHz < possibleKHz)
      found.push({
        severity: 'info',
        subject: 'cpu frequency',
        subjectVocabulary: 'fixed',
        entity: hostResource('cpu'),
        condition: 'frequency',
        sentence: `limited to ${gigahertz(allowedKHz)} of ${gigahertz(possibleKHz)}`,
        evidence: [
          { what: 'limit', value: gigahertz(allowedKHz), source: `${FOLDER}scaling_max_freq` },
          { what: 'hardware maximum', value: gigahertz(possibleKHz), source: `${FOLDER}cpuinfo_max_freq` },
        ],
        next: 'check tuned (`tuned-adm active`) and the power limits of the firmware',
        pane: 'hardware',
      });
    return found;
  },
});
