import { KERNEL_RULES } from '../../../src/entities/kernel/kernel-kind.ts';
import type { JudgedCells } from './judged-cell.ts';

export const kernelJudged: JudgedCells = {
  'kernel-log/events/event': { rules: KERNEL_RULES },
};
