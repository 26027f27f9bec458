import { lines, toCount, toNumber, toPercent } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { pciAddress } from '../sysfs.ts';

/** Fields that drivers since 2018 have: an unknown one fails the whole query. */
const GPU_FIELDS = [
  'pci.bus_id',
  'name',
  'driver_version',
  'utilization.gpu',
  'memory.used',
  'memory.total',
  'temperature.gpu',
  'power.draw',
  'power.limit',
  'ecc.errors.uncorrected.volatile.total',
  'ecc.errors.corrected.volatile.total',
] as const;

const APP_FIELDS = ['gpu_bus_id', 'pid', 'used_gpu_memory'] as const;

/**
 * nvidia-smi where the driver is loaded, else nothing: as root it would load the driver. find(1) runs it for /proc/driver/nvidia alone, and
 * prints nothing without that.
 */
const whereLoaded = (query: string): readonly string[] => [
  ...'find /proc/driver -maxdepth 1 -name nvidia -exec nvidia-smi'.split(' '),
  query,
  '--format=csv,noheader,nounits',
  ';',
];

export const NVIDIA_GPUS = whereLoaded(`--query-gpu=${GPU_FIELDS.join(',')}`);
export const NVIDIA_APPS = whereLoaded(`--query-compute-apps=${APP_FIELDS.join(',')}`);

/**
 * GPUs of NVIDIA's driver, and processes that compute on them. nvidia-smi(1); memory in MiB, power in W. Without its persistence daemon each
 * call initialises idle GPUs, which takes a second or more: it runs seldom.
 *
 *     00000000:3B:00.0, Tesla V100-PCIE-32GB, 550.54.15, 97, 30101, 32768, 71, 231.45, 250.00, 0, 12
 *     00000000:AF:00.0, NVIDIA GeForce RTX 3090, 550.54.15, [N/A], 1, 24576, 34, [N/A], 350.00, [N/A], [N/A]
 *
 *     00000000:3B:00.0, 41231, 30098
 */
export const nvidiaGpus = defineSource({
  id: 'nvidia-gpus',
  title: 'GPUs of NVIDIA',
  why: 'Shows use, memory, temperature, power, memory errors and processes of GPUs. nvidia-smi runs only where its driver is loaded.',
  everySeconds: 30,
  value: 'low',
  reads: {
    gpus: { kind: 'run', argv: NVIDIA_GPUS },
    apps: { kind: 'run', argv: NVIDIA_APPS },
  },
  parse: ({ gpus, apps }): NvidiaSample | undefined =>
    gpus === undefined
      ? undefined
      : {
          gpus: lines(gpus).flatMap(gpuOf),
          processes: apps === undefined ? undefined : lines(apps).flatMap(processOf),
        },
});

export interface NvidiaSample {
  readonly gpus: readonly NvidiaGpu[];
  /** Undefined where they were not read. */
  readonly processes: readonly GpuProcess[] | undefined;
}

export interface NvidiaGpu {
  /** PCI function as sysfs writes it. */
  readonly pci: string;
  readonly name: string;
  readonly driverVersion: string | undefined;
  readonly busyPct: number | undefined;
  readonly usedBytes: number | undefined;
  readonly totalBytes: number | undefined;
  readonly celsius: number | undefined;
  readonly watts: number | undefined;
  readonly limitWatts: number | undefined;
  /** Errors since the driver was loaded; undefined without ECC. */
  readonly uncorrected: number | undefined;
  readonly corrected: number | undefined;
}

/** Process with memory of a GPU. */
export interface GpuProcess {
  readonly pci: string;
  readonly pid: number;
  readonly usedBytes: number | undefined;
}

const cellsOf = (line: string): readonly string[] => line.split(',').map((cell) => cell.trim());

function mib(text: string | undefined): number | undefined {
  const value = toCount(text);
  return value === undefined ? undefined : value * 1024 * 1024;
}

/** GPU of a line; none of a message of nvidia-smi. `[N/A]`, `[Not Supported]` and `[GPU is lost]` are no figures. */
function gpuOf(line: string): readonly NvidiaGpu[] {
  const cells = cellsOf(line);
  const [bus = '', name = '', driver, busy, used, total, celsius, watts, limit, uncorrected, corrected] = cells;
  const pci = pciAddress(bus);
  if (pci === undefined || cells.length !== GPU_FIELDS.length) return [];
  return [
    {
      pci,
      name,
      driverVersion: driver !== undefined && /^[\d.]+$/.test(driver) ? driver : undefined,
      busyPct: toPercent(busy),
      usedBytes: mib(used),
      totalBytes: mib(total),
      celsius: toNumber(celsius),
      watts: toNumber(watts),
      limitWatts: toNumber(limit),
      uncorrected: toCount(uncorrected),
      corrected: toCount(corrected),
    },
  ];
}

function processOf(line: string): readonly GpuProcess[] {
  const cells = cellsOf(line);
  const [bus = '', pidText, used] = cells;
  const pci = pciAddress(bus);
  const pid = toCount(pidText);
  return pci === undefined || pid === undefined || cells.length !== APP_FIELDS.length
    ? []
    : [{ pci, pid, usedBytes: mib(used) }];
}
