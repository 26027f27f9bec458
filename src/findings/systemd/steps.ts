import { command, operand, unitLog, type Standing, type StepTable } from '../next-step.ts';

const status = ({ entity }: Standing) =>
  command(['systemctl', 'status', operand(entity.id), '--no-pager'], 'state, processes and last lines of the unit');
const log = (found: Standing) => unitLog(found, [found.entity.id], 'journal of the unit');
const unit = { commands: (found: Standing) => [status(found), log(found)], section: 'units' };

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
};
