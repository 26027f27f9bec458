import { binaryKib, kib } from '../../lib/units.ts';
import { meminfo } from '../../sources/machine/meminfo.ts';
import { hostResource } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';

/** Poisoned pages: offlined by the kernel after a hardware error (hwpoison). */
export const memoryPoisoned = defineFinding({
  id: 'memory-poisoned',
  title: 'Poisoned memory pages',
  needs: { meminfo },
  authority: 'docs.kernel.org/mm/hwpoison.html: any page is a sign of a failing module',
  judge: ({ meminfo: { now } }) =>
    now?.hardwareCorruptedKiB === undefined || now.hardwareCorruptedKiB === 0
      ? []
      : [
          {
            severity: 'crit',
            subject: 'memory',
            subjectVocabulary: 'fixed',
            entity: hostResource('memory'),
            sentence: `${binaryKib(now.hardwareCorruptedKiB)} HardwareCorrupted, poisoned pages offlined by the kernel`,
            evidence: [
              {
                what: 'poisoned',
                value: kib(now.hardwareCorruptedKiB),
                source: '/proc/meminfo HardwareCorrupted',
              },
            ],
            next: 'open Hardware, Errors and sensors, for the module; `journalctl -k -g "Hardware Error"`; replace it',
            pane: 'hardware',
          },
        ],
});
