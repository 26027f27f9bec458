import type { JudgedCells } from './judged-cell.ts';

export const systemdJudged: JudgedCells = {
  'systemd/units/problem': { rules: ['unit-failed', 'unit-restart-loop', 'unit-stuck', 'unit-not-loaded'] },
};
