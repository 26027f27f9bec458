import type { JudgedCells } from './judged-cell.ts';

export const processesJudged: JudgedCells = {
  'processes/hidden/Processes': { why: 'a state of the login: what is hidden is not judged' },
  'processes/limits/use': { rules: ['process-limit'] },
  'processes/processes/state': { rules: ['processes-blocked', 'process-stopped'] },
  'processes/tile/D state': { rules: ['processes-blocked'] },
  'processes/tile/visible': { why: 'a state of the login: what is hidden is not judged' },
};
