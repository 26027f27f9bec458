import { gpuNeeds, gpusAt } from '../../entities/machine/gpus.ts';
import { count } from '../../lib/units.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { quotingKernelLog } from '../kernel-line.ts';
import { literal } from '../next-step.ts';

/** GPU with uncorrected ECC errors: what it computes may be wrong, and its processes are ended. */
const rule = defineFinding({
  id: 'gpu-memory-errors',
  title: 'ECC memory errors of a GPU',
  needs: gpuNeeds,
  authority: 'NVIDIA: GPU memory error management (an uncorrectable error ends the process); kernel: gpu/amdgpu/ras',
  judge: (moment) =>
    gpusAt(moment).flatMap(({ pci, model, uncorrected, corrected, errorsFrom }): Found[] =>
      uncorrected === undefined || uncorrected === 0
        ? []
        : [
            {
              severity: 'crit',
              subject: pci,
              entity: entityRef('pci-device', pci),
              sentence: `${count(uncorrected)} uncorrected, ${count(corrected)} corrected ECC errors since the driver was loaded`,
              evidence: [
                { what: 'uncorrected', value: count(uncorrected), source: errorsFrom },
                { what: 'corrected', value: count(corrected), source: errorsFrom },
                ...(model === undefined ? [] : [{ what: 'model', value: model, source: errorsFrom }]),
              ],
              next: 'drain its jobs and reset the GPU or reboot; replace the card where the errors return',
              pane: 'hardware',
            },
          ],
    ),
});

export const gpuMemoryErrors = quotingKernelLog(rule, ({ entity: { id } }) => {
  // An Xid names the device without its function.
  const device = literal(id.replace(/\.\d$/, ''));
  return new RegExp(`Xid \\((?:PCI:)?${device}|^amdgpu ${device}.*hardware errors`);
});
