import { kernelCounts, kernelCrashDump, programCrashDump } from '../findings/kernel/evidence.ts';
import { kernelRules } from '../findings/kernel/rules.ts';
import { kernelSteps } from '../findings/kernel/steps.ts';
import { kmsg } from '../host/protocols/kernel/kmsg.ts';
import { crashChecks, kernelChecks } from '../ledger/checks/kernel.ts';
import { kernelPane } from '../panes/kernel/pane.ts';
import { coreDump } from '../sources/kernel/core-dump.ts';
import { crashFiles, FIND_CRASHES } from '../sources/kernel/crash-files.ts';
import { kernelLog } from '../sources/kernel/kernel-log.ts';
import { KERNEL_LOG_FILES, PREVIOUS_END, PREVIOUS_KERNEL, previousBoot } from '../sources/kernel/previous-boot.ts';
import { kernelState } from '../sources/kernel/kernel-state.ts';
import { withExample } from './details.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of the kernel: its log and what it counts about itself. */
export const kernelSubsystem: Subsystem = {
  id: 'kernel',
  sources: [kernelLog, kernelState, crashFiles],
  details: [withExample(previousBoot), withExample(coreDump)],
  findings: [...kernelRules, kernelCrashDump, programCrashDump, kernelCounts],
  steps: kernelSteps,
  checks: [kernelChecks, crashChecks],
  pane: kernelPane,
  dependencies: [],
  protocols: [kmsg],
  policy: {
    files: KERNEL_LOG_FILES,
    commands: [
      { argv: FIND_CRASHES, why: 'names and times of crash dumps of the last week' },
      { argv: PREVIOUS_KERNEL, why: 'kernel log of the previous boot, while its page is open' },
      { argv: PREVIOUS_END, why: 'last entries of the previous boot, while its page is open' },
    ],
  },
};
