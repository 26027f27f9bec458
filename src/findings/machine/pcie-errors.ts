import { count, span } from '../../lib/units.ts';
import { aer, type PciErrors } from '../../sources/machine/aer.ts';
import { pciDevices } from '../../sources/machine/pci-devices.ts';
import { delta } from '../../timeline/moment.ts';
import type { Severity } from '../../theme.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { counterEvents, pastAfter } from '../../timeline/last-event.ts';
import { overLast } from '../../timeline/window.ts';

/** PCIe link with AER errors: card, riser or slot. */
export const pcieErrors = defineFinding({
  id: 'pcie-errors',
  title: 'PCIe errors (AER)',
  needs: { aer, pciDevices },
  authority: 'kernel: PCI/pcieaer-howto; any fatal error is critical; correctable ones warn from 1/s (own)',
  judge: (moment) => {
    // Read once a minute: the rate of now is that of the last one.
    const { now, before, seconds } = overLast(moment.aer, 60);
    return [...(now?.values() ?? [])].flatMap((device): Found[] => {
      const perSec = delta(device.correctable, before?.get(device.pci)?.correctable, seconds);
      const severity = severityOf(device, perSec);
      const { ageSeconds } = counterEvents(
        moment.aer,
        (sample) => {
          const then = sample?.get(device.pci);
          return then && (then.fatal ?? 0) + (then.nonFatal ?? 0) + (then.correctable ?? 0);
        },
        900,
      );
      if (severity === undefined) return [];
      const driver = moment.pciDevices.now?.get(device.pci)?.driver;
      const folder = `/sys/bus/pci/devices/${device.pci}/aer_dev_`;
      return [
        {
          severity,
          subject: device.pci,
          entity: entityRef('pci-device', device.pci),
          sentence: `AER ${driver === undefined ? '' : `(${driver}) `}${count(device.fatal)} fatal, ${count(device.nonFatal)} non-fatal, ${count(device.correctable)} correctable errors${ageSeconds === undefined ? ' since boot' : `, last ${span(ageSeconds)} ago`}`,
          evidence: [
            { what: 'kinds', value: device.kinds.slice(0, 3).join(', ') || 'unknown', source: `${folder}*` },
            { what: 'fatal', value: count(device.fatal), source: `${folder}fatal` },
            { what: 'non-fatal', value: count(device.nonFatal), source: `${folder}nonfatal` },
            {
              what: 'correctable',
              value: `${count(device.correctable)}, ${count(perSec)}/s now`,
              source: `${folder}correctable`,
            },
          ],
          next: 'compare LnkSta with LnkCap (`lspci -vv`); reseat the card, change riser or slot',
          pane: 'hardware',
          ...pastAfter(ageSeconds),
        },
      ];
    });
  },
});

function severityOf(device: PciErrors, correctablePerSec: number | undefined): Severity | undefined {
  if ((device.fatal ?? 0) > 0) return 'crit';
  if ((device.nonFatal ?? 0) > 0 || (correctablePerSec ?? 0) >= 1) return 'warn';
  return (correctablePerSec ?? 0) > 0 ? 'info' : undefined;
}
