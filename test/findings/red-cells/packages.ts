import type { JudgedCells } from './judged-cell.ts';

export const packagesJudged: JudgedCells = {
  'packages/packages/problem': { rules: ['package-broken', 'package-known-fault'] },
  'packages/snaps/problem': { rules: ['snap-broken'] },
};
