import {
  postgresqlArchiver,
  postgresqlDeadlocks,
  postgresqlReplication,
  postgresqlUnresponsive,
  postgresqlWraparound,
} from '../findings/databases/postgresql-servers.ts';
import {
  postgresqlConnections,
  postgresqlIdleTransaction,
  postgresqlLockChain,
  postgresqlLongTransaction,
} from '../findings/databases/postgresql-sessions.ts';
import { databaseSteps } from '../findings/databases/steps.ts';
import { postgresql } from '../host/protocols/postgresql/postgresql.ts';
import { databaseDependencies } from '../incidents/dependencies/databases.ts';
import { databaseChecks } from '../ledger/checks/databases.ts';
import { databasesPane } from '../panes/databases/pane.ts';
import { postgresqlActivity, postgresqlServers } from '../sources/databases/postgresql.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of databases: PostgreSQL on unix sockets of this host. */
export const databasesSubsystem: Subsystem = {
  id: 'databases',
  sources: [postgresqlActivity, postgresqlServers],
  findings: [
    postgresqlLockChain,
    postgresqlIdleTransaction,
    postgresqlLongTransaction,
    postgresqlConnections,
    postgresqlUnresponsive,
    postgresqlReplication,
    postgresqlArchiver,
    postgresqlWraparound,
    postgresqlDeadlocks,
  ],
  steps: databaseSteps,
  dependencies: [databaseDependencies],
  checks: [databaseChecks],
  pane: databasesPane,
  protocols: [postgresql],
};
