import { describe, expect, test } from 'vitest';
import { parseCommand } from '../../src/commands/arguments.ts';
import { UsageError } from '../../src/commands/usage-error.ts';

describe('parseCommand', () => {
  test('takes this machine when no host is given', () => {
    expect(parseCommand([])).toMatchObject({ kind: 'console', reach: { target: undefined } });
  });

  test('takes the options of ssh', () => {
    expect(
      parseCommand(['-p', '2222', '-i', 'a', '-i', 'b', '-J', 'jump', '-o', 'User=x', '-l', 'me', '-F', 'cfg', 'host']),
    ).toMatchObject({
      kind: 'console',
      reach: {
        target: 'host',
        ssh: { port: 2222, identities: ['a', 'b'], jump: 'jump', options: ['User=x'], login: 'me', configFile: 'cfg' },
      },
    });
    expect(parseCommand(['doctor', 'me@host'])).toMatchObject({ kind: 'doctor', reach: { target: 'me@host' } });
    expect(parseCommand(['ssh://me@host:22', '--transport', 'openssh', '--budget', '1.5%'])).toMatchObject({
      reach: { backend: 'openssh', budgetPct: 1.5 },
    });
  });

  test('takes the flags of ssh for addresses, compression, ControlMaster and the log', () => {
    const flags = ['-4', '-C', '-A', '-v', '-b', '10.0.0.7', '-S', '~/cm', '-E', 'log', 'me@host:2222'];
    expect(parseCommand(flags)).toMatchObject({
      reach: {
        target: 'me@host:2222',
        ssh: { addressFamily: 'inet', compression: true, bindAddress: '10.0.0.7', controlPath: '~/cm' },
        forwardAgent: true,
        verbose: true,
        logFile: 'log',
      },
    });
    expect(parseCommand(['-6', 'host'])).toMatchObject({ reach: { ssh: { addressFamily: 'inet6' } } });
    expect(parseCommand(['host'])).toMatchObject({
      reach: { forwardAgent: false, verbose: false, logFile: undefined },
    });
    expect(() => parseCommand(['-4', '-6', 'host'])).toThrow('-4 and -6 exclude each other');
  });

  test('takes wait with a host or without one, its condition and its options', () => {
    expect(parseCommand(['wait', 'me@host', 'osd.1 commit > 200 ms for 3 s', '--record', '60s', '--then', 'stacks', '--timeout', '10m'])).toMatchObject({ kind: 'wait', reach: { target: 'me@host' }, condition: { figure: 'osd.1 commit', value: 200, forSeconds: 3 }, recordMs: 60_000, stacks: true, timeoutMs: 600_000 }); // prettier-ignore
    expect(parseCommand(['wait', 'cpu busy > 1 %'])).toMatchObject({
      reach: { target: undefined },
      recordMs: undefined,
      stacks: false,
      timeoutMs: undefined,
    });
    expect(() => parseCommand(['wait'])).toThrow('missing CONDITION');
    expect(() => parseCommand(['wait', 'host'])).toThrow('no operator');
    expect(() => parseCommand(['wait', 'a', 'b', 'x > 1'])).toThrow('unexpected argument "b"');
    expect(() => parseCommand(['wait', 'x > 1', '--record', 'a.cc.zst'])).toThrow('invalid duration');
    expect(() => parseCommand(['wait', 'x > 1', '--then', 'gdb'])).toThrow('expected stacks');
    expect(() => parseCommand(['host', '--timeout', '3s'])).toThrow('--timeout is an option of wait');
  });

  test('takes --read-only for a session and a record, default off', () => {
    expect(parseCommand(['host', '--read-only'])).toMatchObject({ reach: { readOnly: true } });
    expect(parseCommand(['record', '--read-only'])).toMatchObject({ reach: { readOnly: true } });
    expect(parseCommand(['host'])).toMatchObject({ reach: { readOnly: false } });
  });

  test('takes config with one of its options', () => {
    expect(parseCommand(['config'])).toEqual({ kind: 'config', what: 'check', configFile: undefined });
    expect(parseCommand(['config', '--path', '--config', 'c.toml'])).toMatchObject({
      what: 'path',
      configFile: 'c.toml',
    });
    expect(parseCommand(['config', '--example'])).toMatchObject({ what: 'example' });
    expect(() => parseCommand(['config', '--path', '--check'])).toThrow('--path and --check exclude each other');
    expect(() => parseCommand(['config', 'x'])).toThrow('crashcart config takes none');
    expect(() => parseCommand(['host', '--example'])).toThrow('--example is an option of config');
  });

  test('takes demo without arguments', () => {
    expect(parseCommand(['demo', '--plain'])).toMatchObject({ kind: 'demo', screen: { plain: true }, tour: false });
    expect(parseCommand(['demo', '--tour'])).toMatchObject({ kind: 'demo', tour: true });
    expect(() => parseCommand(['replay', 'x.cc.zst', '--tour'])).toThrow('--tour is an option of demo');
    expect(() => parseCommand(['demo', 'host'])).toThrow('unexpected argument "host": crashcart demo takes none');
  });

  test('takes report with format, file and duration', () => {
    expect(parseCommand(['report', 'a.cc.zst'])).toMatchObject({
      kind: 'report',
      reach: { target: 'a.cc.zst' },
      format: 'md',
      out: undefined,
      forMs: undefined,
    });
    expect(
      parseCommand(['report', 'me@host', '--format', 'html', '--out', 'n.html', '--for', '1m', '-p', '2222']),
    ).toMatchObject({ kind: 'report', format: 'html', out: 'n.html', forMs: 60_000, reach: { ssh: { port: 2222 } } });
    expect(parseCommand(['report', 'me@host', '--short'])).toMatchObject({ kind: 'report', format: 'short' });
    expect(() => parseCommand(['report', 'h', '--fail-on', 'bad'])).toThrow('--fail-on: invalid severity "bad"');
    expect(() => parseCommand(['h', '--fail-on', 'crit'])).toThrow('--fail-on is an option of report');
    expect(() => parseCommand(['me@host', '--short'])).toThrow('--short is an option of report');
    expect(() => parseCommand(['report', 'h', '--short', '--format', 'md'])).toThrow('exclude each other');
    expect(() => parseCommand(['report', 'h', '--format', 'pdf'])).toThrow(
      'invalid format "pdf", expected md, html or json',
    );
    expect(() => parseCommand(['h', '--format', 'md'])).toThrow('--format is an option of report');
    expect(() => parseCommand(['report', 'a', 'b'])).toThrow('unexpected argument "b"');
  });

  test('takes --redact with the screen, record and report', () => {
    for (const argv of [['host'], ['demo'], ['replay', 'a.cc.zst']])
      expect(parseCommand([...argv, '--redact'])).toMatchObject({ screen: { redact: true } });
    expect(parseCommand(['record', '--redact'])).toMatchObject({ kind: 'record', redact: true });
    expect(parseCommand(['report', 'h', '--redact'])).toMatchObject({ kind: 'report', redact: true });
    expect(parseCommand(['report', 'h'])).toMatchObject({ redact: false });
    expect(parseCommand(['host'])).toMatchObject({ screen: { redact: false } });
  });

  test('takes record, replay and cast', () => {
    expect(parseCommand(['replay', 'a.cc.zst'])).toMatchObject({ kind: 'replay', file: 'a.cc.zst' });
    expect(parseCommand(['replay', '-'])).toMatchObject({ kind: 'replay', file: '-' });
    expect(parseCommand(['record', 'me@host', '--for', '10m', '--record', 'f'])).toMatchObject({
      kind: 'record',
      reach: { target: 'me@host' },
      forMs: 600_000,
      recordTo: 'f',
    });
    expect(parseCommand(['record'])).toMatchObject({ kind: 'record', reach: { target: undefined }, forMs: undefined });
    expect(parseCommand(['cast', 'f', '--v2', '--terminal', '1'])).toEqual({ kind: 'cast', file: 'f', version: 2, terminal: '1' }); // prettier-ignore
    expect(parseCommand(['host', '--record', 'f'])).toMatchObject({ kind: 'console', recordTo: 'f' });
  });

  test.each([
    [['replay'], /missing FILE/],
    [['replay', 'a', 'b'], /unexpected argument "b"/],
    [['host', '--for', '10m'], /--for is an option of record and report/],
    [['record', '--for', 'soon'], /invalid duration "soon"/],
    [['record', '--for', '0s'], /invalid duration "0s"/],
    [['-p', 'x', 'host'], /-p: invalid number "x", expected a whole number/],
    [['a', 'b'], /unexpected argument "b"/],
    [['--nonsense'], /--nonsense/],
    [['--transport', 'telnet', 'h'], /invalid client "telnet"/],
    [['--budget', '0'], /above 0/],
    [['keys', 'x'], /unexpected argument "x"/],
    [['-p'], /-p/],
  ])('refuses %j in one sentence', (argv, message) => {
    expect(() => parseCommand(argv)).toThrow(UsageError);
    expect(() => parseCommand(argv)).toThrow(message);
  });
});

test('--full is all of a report in Markdown, and excludes --short', () => {
  expect(parseCommand(['report', 'a.cc.zst', '--full'])).toMatchObject({ kind: 'report', format: 'md', full: true });
  expect(parseCommand(['report', 'a.cc.zst'])).toMatchObject({ full: false });
  expect(() => parseCommand(['report', 'a.cc.zst', '--full', '--short'])).toThrow('exclude each other');
});
