import { describe, expect, test } from 'vitest';
import { unitInvocations, unitManager, units } from '../../../src/sources/systemd/units.ts';
import { bootUnits } from '../../../src/sources/systemd/boot-units.ts';
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
    expect(sample?.units.get('cc-limit.service')?.trouble).toEqual({ restarts: 3, result: 'exit-code', exitStatus: 1, restart: 'always', startLimitBurst: 3, type: undefined, changedAt: 40_684.998632, statusText: undefined, loadError: undefined }); // prettier-ignore
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
  expect(unitManager.parse({ manager: text })).toEqual({ version: '252.38', state: 'degraded', failedUnits: 3, bootSeconds: 4.5, jobs: [{ id: 61, unit: 'a.service', type: 'start', state: 'running' }] }); // prettier-ignore
  expect(unitManager.parse({ manager: undefined })).toBeUndefined();
});

test('unitLog asks for one unit in one word, whatever its name', () => {
  const { log } = unitLog.reads({ unit: '-x.service' });
  expect(log.kind === 'run' && log.argv.at(-1)).toBe('--unit=-x.service');
});

describe('unitLog', () => {
  const parse = (log: string | undefined, syslog?: string) => unitLog.parse({ log, syslog }, { unit: 'ssh.service' }).entries; // prettier-ignore
  const entry = (message: unknown) => JSON.stringify({ __CURSOR: 's=1', __REALTIME_TIMESTAMP: '1764485126000000', PRIORITY: '3', SYSLOG_IDENTIFIER: 'sshd', _PID: '812', MESSAGE: message }); // prettier-ignore

  test('unitLog parses entries with priority, program and time', () => {
    expect(parse(`${entry('error: bind')}\n{"cut`)).toEqual([{ key: 's=1', time: '11-30 06:45:26', level: 'err', by: 'sshd[812]', text: 'error: bind' }]); // prettier-ignore
  });

  test.each([
    [[104, 105, 27], 'hi\u001B'],
    [null, '(message not shown by journalctl: too long)'],
    ['x'.repeat(5000), 'x'.repeat(2000)],
  ])('unitLog bounds a binary or long message: %#', (message, text) => {
    expect(parse(entry(message))?.[0]?.text).toBe(text);
  });

  test('unitLog takes the lines of its program in syslog without a journal', () => {
    const syslog = 'cut line\nNov 30 05:26:21 web sshd[812]: listening\n2026-11-30T05:26:22+00:00 web cron[9]: x\n';
    expect(parse(undefined, syslog)?.map(({ by }) => by)).toEqual(['sshd[812]']);
    expect(parse('')).toEqual([]);
    expect(parse(undefined)).toBeUndefined();
  });
});

test('bootUnits parses times and order of units', () => {
  const boot = JSON.stringify({
    manager: { UserspaceTimestampMonotonic: 2e6, FinishTimestampMonotonic: 9e6 },
    units: { 'a.service': { InactiveExitTimestampMonotonic: 3e6, ActiveEnterTimestampMonotonic: 5e6, After: ['b.mount', 7] }, 'b.mount': {} },
  }); // prettier-ignore
  expect(bootUnits.parse({ boot }, {})).toEqual({ userspaceAt: 2, finishedAt: 9, units: new Map([['a.service', { startedAt: 3, activeAt: 5, after: ['b.mount'] }]]) }); // prettier-ignore
  expect(bootUnits.parse({ boot: undefined }, {})).toBeUndefined();
});
