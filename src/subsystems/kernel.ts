import { kernelRules } from '../findings/kernel/rules.ts';
import { kernelSteps } from '../findings/kernel/steps.ts';
import { kmsg } from '../host/protocols/kernel/kmsg.ts';
import { kernelChecks } from '../ledger/checks/kernel.ts';
import { kernelPane } from '../panes/kernel/pane.ts';
import { kernelLog } from '../sources/kernel/kernel-log.ts';
import { kernelState } from '../sources/kernel/kernel-state.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of the kernel: its log and what it counts about itself. */
export const kernelSubsystem: Subsystem = {
  id: 'kernel',
  sources: [kernelLog, kernelState],
  findings: kernelRules,
  steps: kernelSteps,
  checks: [kernelChecks],
  pane: kernelPane,
  dependencies: [],
  protocols: [kmsg],
};
