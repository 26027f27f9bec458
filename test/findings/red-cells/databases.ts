import type { JudgedCells } from './judged-cell.ts';

export const databasesJudged: JudgedCells = {
  'databases/servers/sessions': { rules: ['postgresql-connections'] },
  'databases/servers/xid': { rules: ['postgresql-wraparound'] },
  'databases/locks/waits': { rules: ['postgresql-lock-chain'], anyRow: true },
  'databases/sessions/for': { rules: ['postgresql-idle-transaction', 'postgresql-lock-chain'] },
  'databases/sessions/transaction': { rules: ['postgresql-long-transaction', 'postgresql-lock-chain'] },
  'databases/replication/state': { rules: ['postgresql-replication'] },
  'databases/replication/lag': { rules: ['postgresql-replication'] },
};
