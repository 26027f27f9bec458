import type { JudgedCells } from './judged-cell.ts';

export const databasesJudged: JudgedCells = {
  'databases/servers/sessions': { rules: ['postgresql-connections', 'mysql-connections'] },
  'databases/servers/xid': { rules: ['postgresql-wraparound'] },
  'databases/locks/waits': { rules: ['postgresql-lock-chain', 'mysql-lock-chain'], anyRow: true },
  'databases/sessions/for': {
    rules: ['postgresql-idle-transaction', 'postgresql-lock-chain', 'mysql-idle-transaction', 'mysql-lock-chain'],
  },
  'databases/sessions/transaction': {
    rules: ['postgresql-long-transaction', 'postgresql-lock-chain', 'mysql-long-transaction', 'mysql-lock-chain'],
  },
  'databases/replication/state': { rules: ['postgresql-replication', 'mysql-replication', 'mysql-galera'] },
  'databases/replication/lag': { rules: ['postgresql-replication', 'mysql-replication'] },
};
