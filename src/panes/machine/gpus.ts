import { gpuNeeds, gpusAt, type GpuState } from '../../entities/machine/gpus.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { bytes, plural } from '../../lib/units.ts';
import { processes, processKey, type Process } from '../../sources/processes/processes.ts';
import type { Moment } from '../../timeline/moment.ts';
import { ownWords } from '../../timeline/reading-state.ts';
import {
  bytesColumn,
  figureColumn,
  numberColumn,
  percentColumn,
  textColumn,
  totalColumn,
} from '../../ui/kit/columns.ts';
import type { Column, Link, Section, TableSection } from '../pane.ts';

export const gpuSectionNeeds = { ...gpuNeeds, processes };

/** Process on a GPU, with its row in Processes where that has it. */
interface Use {
  readonly name: string;
  readonly usedBytes: number | undefined;
  readonly process: Process | undefined;
}

export interface GpuRow extends GpuState {
  /** Most memory first. */
  readonly uses: readonly Use[] | undefined;
}

export function gpuRows(moment: Moment<typeof gpuSectionNeeds>): readonly GpuRow[] {
  const known = moment.processes.now?.processes;
  return gpusAt(moment).map((gpu) => ({
    ...gpu,
    uses: gpu.processes
      ?.map(({ pid, usedBytes }): Use => {
        const process = known?.get(pid);
        return { name: process ? `${plain(process.command)}[${pid}]` : `pid ${pid}`, usedBytes, process };
      })
      .toSorted((a, b) => (b.usedBytes ?? 0) - (a.usedBytes ?? 0)),
  }));
}

const wattsColumn = figureColumn((value) => `${value.toFixed(0)}W`, 1);
const celsiusColumn = figureColumn((value) => `${value.toFixed(0)}°C`, 1);

const useText = ({ uses }: GpuRow): string | undefined =>
  uses?.map(({ name, usedBytes }) => (usedBytes === undefined ? name : `${name} ${bytes(usedBytes)}`)).join(' ');

const columns: readonly Column<GpuRow>[] = [
  { id: 'gpu', title: 'GPU', about: 'PCI function of the GPU.', width: 12, rank: 0, value: ({ pci }) => pci, text: ({ pci }) => plain(pci) },
  textColumn({ id: 'model', title: 'MODEL', about: 'Model, or vendor where the driver does not name it.', width: 10, widest: 28, rank: 1, value: ({ model }) => model && plain(model) }),
  percentColumn({ id: 'use', title: 'USE', about: 'Time with work on the GPU, percent: gpu_busy_percent of AMD, utilization.gpu of NVIDIA.', width: 5, rank: 0, value: ({ busyPct }) => busyPct }),
  percentColumn({ id: 'awake', title: 'AWAKE', about: 'Time outside of its idle state (RC6) of an Intel GPU, percent: its use is not more.', width: 5, rank: 2, value: ({ awakePct }) => awakePct }),
  bytesColumn({ id: 'used', title: 'MEM', about: 'Memory of the card in use, bytes; frameworks allocate most of it at their start.', width: 6, rank: 0, value: ({ usedBytes }) => usedBytes }),
  bytesColumn({ id: 'total', title: 'TOTAL', about: 'Memory of the card, bytes.', width: 6, rank: 1, value: ({ totalBytes }) => totalBytes }),
  celsiusColumn({ id: 'celsius', title: 'TEMP', about: 'Temperature of its hottest sensor, °C.', width: 5, rank: 0, value: ({ celsius }) => celsius }),
  wattsColumn({ id: 'watts', title: 'POWER', about: 'Power, W.', width: 5, rank: 1, value: ({ watts }) => watts }),
  wattsColumn({ id: 'limit-watts', title: 'LIMIT', about: 'Power limit, W: at it the clock is lowered.', width: 5, rank: 3, value: ({ limitWatts }) => limitWatts }),
  totalColumn({ id: 'uncorrected', title: 'UE', about: 'Uncorrected ECC errors of its memory since the driver was loaded; —: no ECC.', width: 4, rank: 0, value: ({ uncorrected }) => uncorrected, role: ({ uncorrected }) => ((uncorrected ?? 0) > 0 ? 'crit' : 'text') }),
  totalColumn({ id: 'corrected', title: 'CE', about: 'Corrected ECC errors of its memory since the driver was loaded.', width: 4, rank: 2, value: ({ corrected }) => corrected }),
  numberColumn({ id: 'node', title: 'NODE', about: 'NUMA node of the card.', width: 4, rank: 2, value: ({ node }) => node }),
  textColumn({ id: 'driver', title: 'DRIVER', about: 'Kernel driver with its version.', width: 8, widest: 18, rank: 3, value: ({ driver }) => driver && plain(driver) }),
  textColumn({ id: 'processes', title: 'PROCESSES', about: 'Processes that compute on it with their memory, most first; NVIDIA alone lists them.', width: 12, grow: true, rank: 2, value: useText }),
]; // prettier-ignore

const linksOf = ({ uses }: GpuRow): readonly Link[] =>
  (uses ?? []).flatMap(({ name, process }) =>
    process === undefined ? [] : [{ label: `process ${name}`, pane: 'processes', row: processKey(process) }],
  );

/** GPUs by use; no section on a host without one. */
export function gpuSections(rows: readonly GpuRow[]): readonly Section[] {
  if (rows.length === 0) return [];
  const table: TableSection<GpuRow> = {
    kind: 'table',
    id: 'gpus',
    title: 'GPUs',
    note: plural(rows.length, 'GPU'),
    sources: ['gpus', 'nvidia-gpus', 'pci-devices'],
    columns,
    rows,
    key: ({ pci }) => pci,
    sort: { column: 'use', descending: true },
    entity: ({ pci }) => entityRef('pci-device', pci),
    links: linksOf,
    empty: ownWords('no GPUs'),
  };
  return [table];
}
