import { cpufreq } from '../../sources/machine/cpufreq.ts';
import { defineFinding, type Found } from '../finding.ts';

const FOLDER = '/sys/devices/system/cpu/cpu0/cpufreq/';

/** With these drivers in their active mode `powersave` means "let the hardware decide", not "lowest frequency". */
const HARDWARE_DECIDES: readonly (string | undefined)[] = ['intel_pstate', 'amd-pstate-epp'];

/** The CPUs may not run as fast as they could. */
export const cpuPowerSaving = defineFinding({
  id: 'cpu-power-saving',
  title: 'CPUs held below their speed',
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
        sentence: slow
          ? `the CPUs run at their lowest frequency: governor powersave of ${driver ?? 'an unknown driver'}`
          : `the CPUs are told to save power: energy preference "power", governor ${governor ?? 'unknown'}`,
        evidence: [
          { what: 'governor', value: governor ?? 'unknown', source: `${FOLDER}scaling_governor` },
          { what: 'driver', value: driver ?? 'unknown', source: `${FOLDER}scaling_driver` },
          {
            what: 'preference',
            value: preference ?? 'none',
            source: `${FOLDER}energy_performance_preference`,
          },
        ],
        next: 'ask whether that is wanted; the governor "performance" is usual on hosts that serve others',
        pane: 'hardware',
      });
    if (allowedKHz !== undefined && possibleKHz !== undefined && allowedKHz < possibleKHz)
      found.push({
        severity: 'info',
        subject: 'cpu frequency',
        sentence: `the CPUs may run at ${gigahertz(allowedKHz)} only, of ${gigahertz(possibleKHz)} that they can`,
        evidence: [
          { what: 'allowed', value: gigahertz(allowedKHz), source: `${FOLDER}scaling_max_freq` },
          { what: 'possible', value: gigahertz(possibleKHz), source: `${FOLDER}cpuinfo_max_freq` },
        ],
        next: 'somebody set a limit, or the machine caps its power: see the settings of tuned and of the firmware',
        pane: 'hardware',
      });
    return found;
  },
});
