import {
  mysqlConnections,
  mysqlGalera,
  mysqlReplication,
  mysqlUnresponsive,
} from '../findings/databases/mysql-servers.ts';
import { mysqlIdleTransaction, mysqlLockChain, mysqlLongTransaction } from '../findings/databases/mysql-sessions.ts';
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
import { mysql } from '../host/protocols/mysql/mysql.ts';
import { postgresql } from '../host/protocols/postgresql/postgresql.ts';
import { databaseDependencies } from '../incidents/dependencies/databases.ts';
import { mysqlChecks, postgresqlChecks } from '../ledger/checks/databases.ts';
import { databasesPane } from '../panes/databases/pane.ts';
import { mysqlActivity, mysqlServers } from '../sources/databases/mysql.ts';
import { postgresqlActivity, postgresqlServers } from '../sources/databases/postgresql.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of databases: PostgreSQL, MariaDB and MySQL on unix sockets of this host. */
export const databasesSubsystem: Subsystem = {
  id: 'databases',
  sources: [postgresqlActivity, postgresqlServers, mysqlActivity, mysqlServers],
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
    mysqlLockChain,
    mysqlIdleTransaction,
    mysqlLongTransaction,
    mysqlConnections,
    mysqlUnresponsive,
    mysqlReplication,
    mysqlGalera,
  ],
  steps: databaseSteps,
  dependencies: [databaseDependencies],
  checks: [postgresqlChecks, mysqlChecks],
  pane: databasesPane,
  protocols: [postgresql, mysql],
};
