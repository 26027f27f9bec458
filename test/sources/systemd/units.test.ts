import { describe, expect, test } from 'vitest';
import { unitInvocations, unitManager, units } from '../../../src/sources/systemd/units.ts';
import { unitLog } from '../../../src/sources/systemd/unit-log.ts';

// systemd 252.
const REPLY = JSON.stringify({
  units: [
    ['ssh.service', 'OpenBSD Secure Shell server', 'loaded', 'active', 'running', ''],
    ['cc-limit.service', 'cc-limit.service', 'loaded', 'failed', 'failed', ''],
  ],
  suspects: {
    'cc-limit.service': { StateChangeTimestampMonotonic: 40684998632, LoadError: ['', ''], StartLimitBurst: 3, Restart: 'always', Result: 'exit-code', NRestarts: 3, ExecMainStatus: 1, StatusText: '' },
  },
}); // prettier-ignore

describe('units', () => {
  test('units parses units, and the properties of those in trouble', () => {
    const sample = units.parse({ units: REPLY });
    expect(sample?.units.get('ssh.service')).toEqual({ name: 'ssh.service', description: 'OpenBSD Secure Shell server', load: 'loaded', active: 'active', sub: 'running', job: undefined, trouble: undefined }); // prettier-ignore
    expect(sample?.units.get('cc-limit.service')?.trouble).toEqual({ restarts: 3, result: 'exit-code', exitStatus: 1, restart: 'always', startLimitBurst: 3, changedAt: 40_684.998632, statusText: undefined, loadError: undefined }); // prettier-ignore
  });

  test.each([undefined, '', 'x', '{"units":[7,[],[1,2]],"suspects":[]}'])('units of %s are none', (text) => {
    expect([...(units.parse({ units: text })?.units ?? [])]).toEqual([]);
  });

  test('units has no properties by an inherited name', () => {
    const text = JSON.stringify({ units: [['toString', '', 'loaded', 'failed', 'failed', '']], suspects: {} });
    expect(units.parse({ units: text })?.units.get('toString')?.trouble).toBeUndefined();
  });
});

test('unitInvocations has the invocation of each unit by its name', () => {
  const invocations = new Map([['/run/systemd/units/invocation:ssh.service', '5125cb48'], ['/run/systemd/units/invocation:a@b.service', '6096f2ec']]); // prettier-ignore
  expect([...unitInvocations.parse({ invocations })]).toEqual([['ssh.service', '5125cb48'], ['a@b.service', '6096f2ec']]); // prettier-ignore
  expect([...unitInvocations.parse({ invocations: undefined })]).toEqual([]);
});

test('unitManager parses the state, the time of the boot and jobs', () => {
  const text = JSON.stringify({
    manager: { Version: '252.38', SystemState: 'degraded', NFailedUnits: 3, UserspaceTimestampMonotonic: 1e6, FinishTimestampMonotonic: 5.5e6 },
    jobs: [{ id: 61, unit: 'a.service', type: 'start', state: 'running' }, {}],
  }); // prettier-ignore
  expect(unitManager.parse({ manager: text })).toEqual({ version: '252.38', state: 'degraded', failedUnits: 3, bootSeconds: 4.5, jobs: [{ unit: 'a.service', type: 'start', state: 'running' }] }); // prettier-ignore
  expect(unitManager.parse({ manager: undefined })).toBeUndefined();
});

test('unitLog asks for one unit in one word, whatever its name', () => {
  const { log } = unitLog.reads({ unit: '-x.service' });
  expect(log.kind === 'run' && log.argv.at(-1)).toBe('--unit=-x.service');
});
