import { gpuNeeds, gpusAt } from '../../entities/machine/gpus.ts';
import { entityRef, thisHost } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count, plural, span } from '../../lib/units.ts';
import { aer } from '../../sources/machine/aer.ts';
import { edac } from '../../sources/machine/edac.ts';
import { interrupts, interruptTotal } from '../../sources/machine/interrupts.ts';
import { sensors } from '../../sources/machine/sensors.ts';
import { counterEvents } from '../../timeline/last-event.ts';
import { check, defineChecks, type Check } from '../check.ts';

const host = { entity: thisHost, nameVocabulary: 'fixed', pane: 'hardware' } as const;

/** ECC of GPUs; a GPU without it and a host without a GPU have none. */
export const gpuChecks = defineChecks({
  id: 'gpus',
  needs: gpuNeeds,
  rules: ['gpu-memory-errors'],
  of: (moment): readonly Check[] =>
    gpusAt(moment).flatMap(({ pci, uncorrected, corrected }) =>
      uncorrected === undefined
        ? []
        : check(
            { entity: entityRef('pci-device', pci), name: plain(pci), family: 'GPUs', aspect: 'errors', rules: ['gpu-memory-errors'], what: 'ECC errors', limit: '0 uncorrected', load: 1e6 * uncorrected + (corrected ?? 0), pane: 'hardware' }, // prettier-ignore
            `${count(uncorrected)} uncorrected, ${count(corrected)} corrected`,
            { gpus: moment.gpus, nvidiaGpus: moment.nvidiaGpus },
          ),
    ),
});

/** Errors that the hardware reports: ECC, machine checks, PCIe AER, temperatures. */
export const hardwareChecks = defineChecks({
  id: 'hardware',
  needs: { edac, interrupts, aer, sensors },
  rules: ['memory-errors', 'machine-checks', 'pcie-errors', 'overheating'],
  of: ({ edac: modules, interrupts: lines, aer: links, sensors: chips }): readonly Check[] => {
    const checks = interruptTotal(lines.now, 'MCE');
    const recent = counterEvents(lines, (sample) => interruptTotal(sample, 'MCE'), 900);
    const places = (modules.now ?? []).flatMap((controller) =>
      controller.modules.length > 0 ? controller.modules : [{ ...controller, label: controller.name }],
    );
    return [
      ...places.flatMap(({ id, label, corrected, uncorrected }) =>
        check(
          { entity: entityRef('memory-module', id), name: plain(label ?? id), family: 'memory modules', aspect: 'errors', rules: ['memory-errors'], what: 'ECC errors', limit: 'any', load: (corrected ?? 0) + 1e6 * (uncorrected ?? 0), pane: 'hardware' }, // prettier-ignore
          corrected === undefined && uncorrected === undefined ? undefined : `${count(uncorrected)} uncorrected, ${count(corrected)} corrected`, // prettier-ignore
          { edac: modules },
          'counters not reported',
        ),
      ),
      ...(places.length > 0
        ? []
        : check({ ...host, essential: true, name: 'memory modules', aspect: 'errors', rules: ['memory-errors'], what: 'ECC errors' }, undefined, { edac: modules }, 'no EDAC driver')), // prettier-ignore
      ...check(
        { ...host, name: 'machine checks', aspect: 'errors', rules: ['machine-checks'], what: 'MCE', limit: 'any' },
        checks === undefined ? undefined : `${count(checks)} since boot, ${plural(recent.count, 'event')} in ${span(recent.watchedSeconds)}`, // prettier-ignore
        { interrupts: lines },
        'not reported by this kernel',
      ),
      ...[...(links.now?.values() ?? [])].flatMap(({ pci, fatal, nonFatal, correctable }) =>
        check(
          { entity: entityRef('pci-device', pci), name: plain(pci), family: 'PCIe devices', aspect: 'errors', rules: ['pcie-errors'], what: 'AER errors', limit: 'any fatal, 1 correctable/s', load: 1e6 * (fatal ?? 0) + 1e3 * (nonFatal ?? 0) + (correctable ?? 0), pane: 'hardware' }, // prettier-ignore
          `${count(fatal)} fatal, ${count(nonFatal)} non-fatal, ${count(correctable)} correctable`,
          { aer: links },
        ),
      ),
      ...((links.now?.size ?? 0) > 0
        ? []
        : check({ ...host, name: 'PCIe devices', aspect: 'errors', rules: ['pcie-errors'], what: 'AER errors' }, undefined, { aer: links }, 'no device with AER')), // prettier-ignore
      ...(chips.now ?? []).flatMap(({ id, chip, label, celsius, maxCelsius, criticalCelsius }) => {
        const limit = maxCelsius ?? criticalCelsius;
        return limit === undefined
          ? []
          : check(
              { entity: entityRef('sensor', id), name: plain(`${chip} ${label}`), family: 'sensors', aspect: 'utilisation', rules: ['overheating'], what: 'temperature', limit: `${limit.toFixed(0)}°C`, load: (celsius ?? 0) / limit, pane: 'hardware' }, // prettier-ignore
              celsius === undefined ? undefined : `${celsius.toFixed(0)}°C`,
              { sensors: chips },
              'sensor without a value',
            );
      }),
    ];
  },
});
