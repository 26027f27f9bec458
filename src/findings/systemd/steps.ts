import { command, logTail, operand, unitLog, type Standing, type StepTable } from '../next-step.ts';

const status = ({ entity }: Standing) =>
  command(['systemctl', 'status', operand(entity.id), '--no-pager'], 'state, processes and last lines of the unit');
const log = (found: Standing) => unitLog(found, [found.entity.id], 'journal of the unit');
const unit = { commands: (found: Standing) => [status(found), log(found)], section: 'units' };

/** Units of daemons that have another name. */
const UNIT_OF: Readonly<Record<string, string>> = {
  journald: 'systemd-journald',
  libvirt: 'libvirtd',
  lxcfs: 'snap.lxd.daemon',
  mysqld: 'mysql',
  rabbitmq: 'rabbitmq-server',
};

/** Next steps of the rules of systemd. */
export const systemdSteps: StepTable = {
  'unit-failed': unit,
  'unit-restart-loop': unit,
  'unit-stuck': unit,
  'unit-not-loaded': {
    commands: ({ entity }) => [
      command(['systemctl', 'cat', operand(entity.id), '--no-pager'], 'file of the unit with its drop-ins'),
    ],
    section: 'units',
  },
  'unit-tasks': unit,
  'unit-missing': unit,
  'timer-overdue': unit,
  'socket-refused': unit,
  'unit-jobs-waiting': {
    commands: () => [
      command(['systemctl', 'list-jobs', '--after', '--no-pager'], 'jobs with those that they wait for'),
    ],
    section: 'units',
  },
  'journal-short': {
    commands: () => [command(['journalctl', '--disk-usage'], 'disk use of the journal')],
    section: 'manager',
  },
  'service-log-fault': { commands: (found) => [logTail(found)] },
  'service-journal-fault': {
    commands: (found) => [unitLog(found, [UNIT_OF[found.entity.id] ?? found.entity.id], 'its journal')],
  },
};
