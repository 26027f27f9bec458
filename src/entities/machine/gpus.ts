import { gpus } from '../../sources/machine/gpus.ts';
import { nvidiaGpus, type GpuProcess } from '../../sources/machine/nvidia-gpus.ts';
import { pciDevices } from '../../sources/machine/pci-devices.ts';
import { delta, type Moment } from '../../timeline/moment.ts';
import { nodeOfPci } from './numa-place.ts';

export const gpuNeeds = { gpus, nvidiaGpus, pciDevices };

/** GPU by what its driver has of it. */
export interface GpuState {
  /** PCI function. */
  readonly pci: string;
  /** Model, or vendor where the driver does not name it; raw text of the host. */
  readonly model: string | undefined;
  /** Driver, with its version where that is known; raw text of the host. */
  readonly driver: string | undefined;
  readonly node: number | undefined;
  readonly busyPct: number | undefined;
  /** Share of the time outside of the idle state of the GPU, which its use cannot exceed. */
  readonly awakePct: number | undefined;
  readonly usedBytes: number | undefined;
  readonly totalBytes: number | undefined;
  readonly celsius: number | undefined;
  readonly watts: number | undefined;
  readonly limitWatts: number | undefined;
  /** ECC errors of its memory since the driver was loaded. */
  readonly uncorrected: number | undefined;
  readonly corrected: number | undefined;
  /** Where these are read. */
  readonly errorsFrom: string;
  /** Undefined where they are not read. */
  readonly processes: readonly GpuProcess[] | undefined;
}

/** GPUs of a host by PCI function, those of every driver. */
export function gpusAt({ gpus: drm, nvidiaGpus: smi, pciDevices: pci }: Moment<typeof gpuNeeds>): readonly GpuState[] {
  const cards = new Map((drm.now ?? []).map((one) => [one.pci, one]));
  const before = new Map((drm.before ?? []).map((one) => [one.pci, one]));
  const named = new Map((smi.now?.gpus ?? []).map((one) => [one.pci, one]));
  // Without its display part NVIDIA's driver makes no card.
  const bare = [...(pci.now?.values() ?? [])].filter(({ kind, driver }) => kind === 'gpu' && driver === 'nvidia');
  const addresses = new Set([...cards.keys(), ...named.keys(), ...bare.map((one) => one.pci)]);
  return [...addresses].toSorted().map((address): GpuState => {
    const [card, smiOf] = [cards.get(address), named.get(address)];
    const idlePerSec = delta(card?.idleMs, before.get(address)?.idleMs, drm.seconds);
    const driver = card?.driver ?? pci.now?.get(address)?.driver;
    return {
      pci: address,
      model: smiOf?.name ?? card?.vendor ?? (driver === 'nvidia' ? 'NVIDIA' : undefined),
      driver: driver === undefined || smiOf?.driverVersion === undefined ? driver : `${driver} ${smiOf.driverVersion}`,
      node: card?.node ?? nodeOfPci(address, pci.now),
      busyPct: smiOf?.busyPct ?? card?.busyPct,
      // Milliseconds of idle state per second.
      awakePct: idlePerSec === undefined ? undefined : Math.max(0, 100 - idlePerSec / 10),
      usedBytes: smiOf?.usedBytes ?? card?.usedBytes,
      totalBytes: smiOf?.totalBytes ?? card?.totalBytes,
      celsius: smiOf?.celsius ?? card?.celsius,
      watts: smiOf?.watts ?? card?.watts ?? delta(card?.energyJoules, before.get(address)?.energyJoules, drm.seconds),
      limitWatts: smiOf?.limitWatts ?? card?.limitWatts,
      uncorrected: smiOf?.uncorrected ?? card?.uncorrected,
      corrected: smiOf?.corrected ?? card?.corrected,
      errorsFrom:
        card?.uncorrected === undefined
          ? 'nvidia-smi ecc.errors'
          : `/sys/class/drm/${card.card}/device/ras/umc_err_count`,
      processes: smiOf === undefined ? undefined : smi.now?.processes?.filter((one) => one.pci === address),
    };
  });
}
