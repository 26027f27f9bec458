import { describe, expect, test } from 'vitest';
import { parseCommand, UsageError } from '../../src/commands/arguments.ts';

describe('the command line', () => {
  test('without words it is this machine', () => {
    expect(parseCommand([])).toMatchObject({ kind: 'console', reach: { target: undefined } });
  });

  test('takes what ssh users type', () => {
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

  test('read-only is for the whole session, and off unless told', () => {
    expect(parseCommand(['host', '--read-only'])).toMatchObject({ reach: { readOnly: true } });
    expect(parseCommand(['record', '--read-only'])).toMatchObject({ reach: { readOnly: true } });
    expect(parseCommand(['host'])).toMatchObject({ reach: { readOnly: false } });
  });

  test('shows the demo', () => {
    expect(parseCommand(['demo', '--plain'])).toMatchObject({ kind: 'demo', screen: { plain: true } });
    expect(() => parseCommand(['demo', 'host'])).toThrow('"crashcart demo" takes no "host"');
  });

  test('reports', () => {
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
    expect(() => parseCommand(['report', 'h', '--format', 'pdf'])).toThrow('md, html or json, not "pdf"');
    expect(() => parseCommand(['h', '--format', 'md'])).toThrow('--format goes with report');
    expect(() => parseCommand(['report', 'a', 'b'])).toThrow('what is "b"');
  });

  test('--redact goes with the screen and with record', () => {
    expect(parseCommand(['host', '--redact'])).toMatchObject({ kind: 'console', redact: true });
    expect(parseCommand(['record', '--redact'])).toMatchObject({ kind: 'record', redact: true });
    expect(parseCommand(['report', 'h', '--redact'])).toMatchObject({ kind: 'report', redact: true });
    expect(parseCommand(['report', 'h'])).toMatchObject({ redact: false });
    expect(parseCommand(['host'])).toMatchObject({ redact: false });
  });

  test('records and replays', () => {
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
    [['replay'], /which file/],
    [['replay', 'a', 'b'], /what is "b"/],
    [['host', '--for', '10m'], /--for goes with record/],
    [['record', '--for', 'soon'], /not "soon"/],
    [['record', '--for', '0s'], /not "0s"/],
    [['-p', 'x', 'host'], /-p takes a whole number, not "x"/],
    [['a', 'b'], /what is "b"/],
    [['--nonsense'], /--nonsense/],
    [['--transport', 'telnet', 'h'], /not "telnet"/],
    [['--budget', '0'], /above 0/],
    [['keys', 'x'], /takes no "x"/],
    [['-p'], /-p/],
  ])('%j is refused in one sentence', (argv, message) => {
    expect(() => parseCommand(argv)).toThrow(UsageError);
    expect(() => parseCommand(argv)).toThrow(message);
  });
});
