import type { AnyFinding } from './finding.ts';
import { bondMemberDown } from './bond-member-down.ts';
import { cpuPowerSaving } from './cpu-power-saving.ts';
import { diskHung } from './disk-hung.ts';
import { diskSaturated } from './disk-saturated.ts';
import { diskSlow } from './disk-slow.ts';
import { diskState } from './disk-state.ts';
import { interruptsFar } from './interrupts-far.ts';
import { machineChecks } from './machine-checks.ts';
import { memoryErrors } from './memory-errors.ts';
import { nicDrops } from './nic-drops.ts';
import { nicErrors } from './nic-errors.ts';
import { nicFlaps } from './nic-flaps.ts';
import { openFilesLimit } from './open-files-limit.ts';
import { overheating } from './overheating.ts';
import { pcieErrors } from './pcie-errors.ts';
import { raidDegraded } from './raid-degraded.ts';
import { softirqHotCpu } from './softirq-hot-cpu.ts';
import { softnetDrops } from './softnet-drops.ts';
import { thermalThrottling } from './thermal-throttling.ts';

/** Every rule. Add yours here. */
export const findings: readonly AnyFinding[] = [
  diskHung,
  diskState,
  diskSlow,
  diskSaturated,
  raidDegraded,
  nicErrors,
  nicDrops,
  nicFlaps,
  bondMemberDown,
  softnetDrops,
  softirqHotCpu,
  interruptsFar,
  memoryErrors,
  machineChecks,
  pcieErrors,
  overheating,
  thermalThrottling,
  cpuPowerSaving,
  openFilesLimit,
];
