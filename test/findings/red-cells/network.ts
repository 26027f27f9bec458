import type { JudgedCells } from './judged-cell.ts';

export const networkJudged: JudgedCells = {
  'network/gateways/state': { rules: ['gateway-unresolved'], anyRow: true },
  'network/services/gateway': { rules: ['gateway-unresolved'], anyRow: true },
  'network/listeners/fill': { rules: ['listen-overflow'], anyRow: true },
  'network/peers/opening': { rules: ['peer-unresponsive'], anyRow: true },
  'network/peers/retransmitting': { rules: ['peer-unresponsive'], anyRow: true },
  'network/peers/ports': { rules: ['ports-exhausted'], anyRow: true },
  'network/protocols/TCP': { rules: ['tcp-retransmits'] },
};
