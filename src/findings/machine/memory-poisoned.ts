import { kib } from '../../lib/units.ts';
import { meminfo } from '../../sources/machine/meminfo.ts';
import { defineFinding } from '../finding.ts';

/** The kernel took pages out of use because the hardware reported them as broken. */
export const memoryPoisoned = defineFinding({
  id: 'memory-poisoned',
  title: 'Broken memory taken out of use',
  needs: { meminfo },
  authority: 'docs.kernel.org/mm/hwpoison.html: any page is a sign of a failing module',
  judge: ({ meminfo: { now } }) =>
    now?.hardwareCorruptedKiB === undefined || now.hardwareCorruptedKiB === 0
      ? []
      : [
          {
            severity: 'crit',
            subject: 'memory',
            sentence: `${kib(now.hardwareCorruptedKiB)} of memory are broken and were taken out of use`,
            evidence: [
              {
                what: 'taken out of use',
                value: kib(now.hardwareCorruptedKiB),
                source: '/proc/meminfo HardwareCorrupted',
              },
            ],
            next: 'see Errors and sensors for the module; the kernel log (MCE, Hardware Error) has the address; plan to replace it',
            pane: 'hardware',
          },
        ],
});
