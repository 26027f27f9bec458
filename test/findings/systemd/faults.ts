import { serviceJournalFaults, serviceLogFaults } from '../../../src/findings/systemd/service-log-faults.ts';
import { journalShort } from '../../../src/findings/systemd/journal.ts';
import { FIND_JOURNALS } from '../../../src/sources/systemd/journal-files.ts';
import { SERVICE_JOURNAL } from '../../../src/sources/systemd/service-logs.ts';
import {
  socketRefused,
  timerOverdue,
  unitJobsWaiting,
  unitMissing,
  unitTasksLimit,
} from '../../../src/findings/systemd/watched-units.ts';
import { unitFailed, unitNotLoaded, unitRestartLoop, unitStuck } from '../../../src/findings/systemd/units.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';

const vm = faultOn('cloud-vm', 10);

/** The manager's reply with one unit and, where it is in trouble, its properties. */
const unit = (
  name: string,
  active: string,
  sub: string,
  properties?: Readonly<Record<string, unknown>>,
  load = 'loaded',
) => ({
  '/run/dbus/system_bus_socket < units': JSON.stringify({
    units: [
      ['ssh.service', 'OpenBSD Secure Shell server', 'loaded', 'active', 'running', ''],
      [name, name, load, active, sub, ''],
    ],
    suspects: properties ? { [name]: properties } : {},
  }),
});
const invocation = (name: string, id: string) => ({ [`/run/systemd/units/invocation:${name}`]: id });
const RUNNING = unit('shop.service', 'active', 'running');
/** Properties as systemd 252 has them. */
const EXITED = { Result: 'exit-code', ExecMainStatus: 3, Restart: 'always', StartLimitBurst: 5 };

/** Log of RabbitMQ 3.6, whose times stand on lines of their own. */
const rabbitLog = {
  '/var/log/rabbitmq/rabbit@ctl001.log': '=WARNING REPORT==== 6-May-2019::03:56:36 ===\nmemory resource limit alarm set on node rabbit@ctl001.\n',
}; // prettier-ignore
const WATCHED = '/run/dbus/system_bus_socket < watched';
const MANAGER = '/run/dbus/system_bus_socket < manager';
const sockets = (refused: number) => ({
  [WATCHED]: JSON.stringify({ sockets: { 'x.socket': { NRefused: refused, NConnections: 64, MaxConnections: 64 } } }),
});
const jobs = { [MANAGER]: JSON.stringify({ manager: {}, jobs: [{ id: 7, unit: 'a.service', type: 'start', state: 'waiting' }, { id: 6, unit: 'b.mount', type: 'start', state: 'running' }] }) }; // prettier-ignore
const gone = (...requiredBy: readonly string[]) => ({
  ...unit('gone.service', 'inactive', 'dead', undefined, 'not-found'),
  [WATCHED]: JSON.stringify({ missing: { 'gone.service': { RequiredBy: requiredBy } } }),
});
const tasks = (current: number, max: string) => ({
  '/sys/fs/cgroup/system.slice/shop.service/pids.current': `${current}\n`,
  '/sys/fs/cgroup/system.slice/shop.service/pids.max': `${max}\n`,
  '/sys/fs/cgroup/system.slice/shop.service/pids.events': 'max 3\n',
});
const journal = (line: string) => ({ [SERVICE_JOURNAL.join(' ')]: `Jun 29 14:51:17 mymachine ${line}\n` });
/** Journal of which the oldest file begins 5 h before the first moment of a host, which is at noon. */
const journalOnDisk = {
  [FIND_JOURNALS.join(' ')]: [
    `1767261600.1 483328 /var/log/journal/4f0c/system@${'5c1a'.repeat(8)}-0000000000000001-${(Date.UTC(2026, 0, 1, 7) * 1000).toString(16).padStart(16, '0')}.journal`,
    '1767261600.1 483328 /var/log/journal/4f0c/system.journal',
  ].join('\n'),
  '/etc/systemd/journald.conf': '[Journal]\nSystemMaxUse=512M\n',
};

/** Faults of units, as systemd 252 shows them. */
export const systemdFaults: readonly Fault[] = [
  vm(unitFailed, [RUNNING, unit('shop.service', 'failed', 'failed', { ...EXITED, Restart: 'no', ExecMainStatus: 1, NRestarts: 0 })], ['warn', 'shop.service', 'failed, exit status 1']),
  vm(unitFailed, [RUNNING, unit('shop.service', 'failed', 'failed', { ...EXITED, StartLimitBurst: 3, NRestarts: 3 })], ['crit', 'shop.service', 'failed, start limit reached after 3 restarts, exit status 3']),
  vm(unitRestartLoop, [RUNNING, unit('shop.service', 'activating', 'auto-restart', { ...EXITED, NRestarts: 7 })], ['crit', 'shop.service', 'restart loop, 7 restarts, exit status 3']),
  vm(unitRestartLoop, ['a', 'b', 'c', 'd'].map((id) => ({ ...RUNNING, ...invocation('shop.service', id) })), ['warn', 'shop.service', 'restart loop, 3 restarts in 30 s']),
  vm(unitRestartLoop, [RUNNING, unit('shop.service', 'active', 'running', { ...EXITED, NRestarts: 9 })], ['crit', 'shop.service', 'restart loop, 9 restarts, exit status 3']),
  vm(unitStuck, [RUNNING, unit('shop.service', 'activating', 'start', { StateChangeTimestampMonotonic: 800e6 })], ['warn', 'shop.service', 'activating for 3m30s (start)']),
  vm(unitNotLoaded, [RUNNING, unit('shop.service', 'inactive', 'dead', { LoadError: ['', 'Unit has a bad setting'] }, 'bad-setting')], ['warn', 'shop.service', 'not loaded (bad-setting), Unit has a bad setting']),
  vm(serviceLogFaults, [rabbitLog], ['warn', 'rabbitmq', 'memory alarm, publishers blocked, 1 in rabbit@ctl001.log (rabbit@ctl001)']),
  vm(unitTasksLimit, [tasks(511, '512')], ['warn', 'shop.service', '511 of 512 tasks (TasksMax), 100%, 3 forks refused']),
  vm(unitTasksLimit, [tasks(512, '512')], ['crit', 'shop.service', '512 of 512 tasks (TasksMax), 100%, 3 forks refused']),
  vm(socketRefused, [sockets(2), sockets(7)], ['warn', 'x.socket', '5 connections refused in 10 s, 64 of 64 open (MaxConnections)']),
  vm(socketRefused, [sockets(7)], ['warn', 'x.socket', '7 connections refused since it listens, 64 of 64 open (MaxConnections)']),
  vm(unitMissing, [gone('shop.service', 'ssh.service')], ['warn', 'gone.service', 'not found, required by ssh.service and 1 more']),
  vm(unitMissing, [gone('shop.service')], ['info', 'gone.service', 'not found, required by shop.service']),
  vm(timerOverdue, [{ ...unit('fstrim.timer', 'active', 'waiting'), [WATCHED]: JSON.stringify({ timers: { 'fstrim.timer': { NextElapseUSecRealtime: 1.6e15, Unit: 'fstrim.service' } } }) }], ['warn', 'fstrim.timer', /^overdue for .+, starts fstrim\.service$/]),
  faultOn('cloud-vm', 50)(unitJobsWaiting, [jobs, jobs, jobs], ['warn', 'systemd jobs', '1 job waiting for 1m40s, running: b.mount (start)']),
  vm(serviceJournalFaults, [journal('systemd-journald[346]: Suppressed 4150 messages from /system.slice/docker.service')], ['info', 'docker.service', '4.2k messages suppressed by the rate limit in journal']),
  vm(serviceJournalFaults, [journal('systemd-journald[346]: File /var/log/journal/4f0c/system.journal corrupted or uncleanly shut down, renaming and replacing.')], ['info', 'journald', 'file corrupted or not closed, replaced, 1 in journal (system.journal)']),
  vm(journalShort, [journalOnDisk], ['info', 'journald', /^journal reaches back 5h\S*, 472M of 512M used \(SystemMaxUse\)$/]),
]; // prettier-ignore
