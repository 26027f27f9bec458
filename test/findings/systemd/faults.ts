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

/** Faults of units, as systemd 252 shows them. */
export const systemdFaults: readonly Fault[] = [
  vm(unitFailed, [RUNNING, unit('shop.service', 'failed', 'failed', { ...EXITED, Restart: 'no', ExecMainStatus: 1, NRestarts: 0 })], ['warn', 'shop.service', 'failed, exit status 1']),
  vm(unitFailed, [RUNNING, unit('shop.service', 'failed', 'failed', { ...EXITED, StartLimitBurst: 3, NRestarts: 3 })], ['crit', 'shop.service', 'failed, start limit reached after 3 restarts, exit status 3']),
  vm(unitRestartLoop, [RUNNING, unit('shop.service', 'activating', 'auto-restart', { ...EXITED, NRestarts: 7 })], ['crit', 'shop.service', 'restart loop, 7 restarts, exit status 3']),
  vm(unitRestartLoop, ['a', 'b', 'c', 'd'].map((id) => ({ ...RUNNING, ...invocation('shop.service', id) })), ['warn', 'shop.service', 'restart loop, 3 restarts in 30 s']),
  vm(unitStuck, [RUNNING, unit('shop.service', 'activating', 'start', { StateChangeTimestampMonotonic: 800e6 })], ['warn', 'shop.service', 'activating for 3m30s (start)']),
  vm(unitNotLoaded, [RUNNING, unit('shop.service', 'inactive', 'dead', { LoadError: ['', 'Unit has a bad setting'] }, 'bad-setting')], ['warn', 'shop.service', 'not loaded (bad-setting), Unit has a bad setting']),
]; // prettier-ignore
