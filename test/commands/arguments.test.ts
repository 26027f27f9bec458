import { describe, expect, test } from 'vitest';
import { parseCommand } from '../../src/commands/arguments.ts';
import { UsageError } from '../../src/commands/usage-error.ts';

describe('parseCommand', () => {
  test('takes several names, node sets, sources and files for a fleet', () => {
    const hosts = (sets: readonly string[], from?: string, yes = false) => ({ kind: 'hosts', sets, from, yes });
    expect(parseCommand(['a', 'b', '-y'])).toMatchObject({
      kind: 'fleet',
      members: hosts(['a', 'b'], undefined, true),
    });
    for (const set of ['node[1-40]', 'node[0-9/2]'])
      expect(parseCommand([set])).toMatchObject({ kind: 'fleet', members: hosts([set]) });
    expect(parseCommand(['ssh://a', 'ssh://b:22'])).toMatchObject({ kind: 'fleet' });
    expect(parseCommand(['@compute', '-F', 'cfg'])).toMatchObject({
      members: hosts(['@compute']),
      reach: { target: undefined, ssh: { configFile: 'cfg' } },
      format: undefined,
    });
    expect(parseCommand(['--from', 'juju'])).toMatchObject({ kind: 'fleet', members: hosts([], 'juju') });
    expect(parseCommand(['report', 'a,b', '--format', 'json', '--fail-on', 'crit'])).toMatchObject({
      kind: 'fleet',
      format: 'json',
      failOn: 'crit',
    });
    expect(parseCommand(['report', 'a', 'b'])).toMatchObject({ kind: 'fleet', format: 'text' });
    expect(parseCommand(['replay', 'x.cc.zst', 'y.cc.zst'])).toMatchObject({
      kind: 'fleet',
      members: { kind: 'files', files: ['x.cc.zst', 'y.cc.zst'] },
    });
    expect(parseCommand(['root@[fe80::1]:22'])).toMatchObject({ kind: 'console' });
    expect(parseCommand(['report', './a,b.cc.zst'])).toMatchObject({ kind: 'report' });
  });

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
  });

  test('parseCommand takes a process, a time and a format of stacks', () => {
    expect(parseCommand(['stacks', 'me@host', 'nova-compute', '--for', '30s', '--format', 'svg', '--out', 'x.svg'])).toMatchObject({ kind: 'stacks', reach: { target: 'me@host' }, process: 'nova-compute', forMs: 30_000, format: 'svg', out: 'x.svg', redact: false }); // prettier-ignore
    expect(parseCommand(['stacks', '712'])).toMatchObject({ reach: { target: undefined }, process: '712', forMs: undefined, format: 'text' }); // prettier-ignore
    expect(parseCommand(['stacks', '712', '--format', 'pprof'])).toMatchObject({ forMs: 10_000 });
    expect(() => parseCommand(['stacks'])).toThrow('missing PID or NAME');
    expect(() => parseCommand(['stacks', '7', '--format', 'html'])).toThrow('expected text, folded, pprof, speedscope, svg'); // prettier-ignore
    expect(() => parseCommand(['report', 'f', '--format', 'svg'])).toThrow('expected md, html, json or openmetrics');
    expect(() => parseCommand(['stacks', 'a', 'b', 'c'])).toThrow('one host at a time');
    expect(() => parseCommand(['host', '--timeout', '3s'])).toThrow('--timeout is an option of wait');
  });

  test('parseCommand takes two files of folded stacks with --diff, and no host', () => {
    expect(parseCommand(['stacks', '--diff', 'a.folded', 'b.folded'])).toEqual({ kind: 'stacks-diff', before: 'a.folded', after: 'b.folded', format: 'text', out: undefined }); // prettier-ignore
    expect(parseCommand(['stacks', '--diff', 'a', 'b', '--format', 'folded', '--out', 'c'])).toMatchObject({ format: 'folded', out: 'c' }); // prettier-ignore
    for (const files of [[], ['a'], ['a', 'b', 'c']])
      expect(() => parseCommand(['stacks', '--diff', ...files])).toThrow('takes two files');
    expect(() => parseCommand(['stacks', '--diff', 'a', 'b', '--format', 'svg'])).toThrow('text or folded');
    expect(() => parseCommand(['stacks', '--diff', 'a', 'b', '--for', '10s'])).toThrow(
      '--for is of a process on a host',
    );
    expect(() => parseCommand(['report', '--diff', 'a'])).toThrow('--diff is an option of stacks');
    expect(() => parseCommand(['core', 'a', '--diff'])).toThrow('--diff is an option of stacks');
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

  test('takes demo with the name of a recording', () => {
    expect(parseCommand(['demo', '--plain'])).toMatchObject({ kind: 'demo', screen: { plain: true }, tour: false });
    expect(parseCommand(['demo', '--tour'])).toMatchObject({ kind: 'demo', tour: true });
    expect(() => parseCommand(['replay', 'x.cc.zst', '--tour'])).toThrow('--tour is an option of demo');
    expect(parseCommand(['demo'])).toMatchObject({ demo: { name: 'cluster', file: 'demo.cc.zst' } });
    expect(parseCommand(['demo', 'host'])).toMatchObject({ demo: { file: 'demo-host.cc.zst' } });
    expect(parseCommand(['demo', 'cloud'])).toMatchObject({ demo: { file: 'demo-cloud.cc.zst' } });
    expect(() => parseCommand(['demo', 'hsot'])).toThrow(/^no demo "hsot": cluster, host.*host/);
    expect(() => parseCommand(['demo', 'host', 'cluster'])).toThrow('unexpected argument "cluster"');
    expect(() => parseCommand(['demo', 'host', '--tour'])).toThrow('--tour is of the demo cluster');
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
      'invalid format "pdf", expected md, html, json or openmetrics',
    );
    expect(() => parseCommand(['h', '--format', 'md'])).toThrow('--format is an option of report');
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
    [['cast', 'a', 'b'], /unexpected argument "b"/],
    [['record', 'a', 'b'], /missing --out DIR/],
    [['reprt', 'a'], /one host at a time; did you mean crashcart report/],
    [['--yes', 'a'], /--yes is for several hosts/],
    [['a', 'b', '--record', 'f'], /--record is of one host/],
    [['report', 'a', 'b', '--short'], /--short is of one host/],
    [['report', 'a', 'b', '--format', 'html'], /text or json, not html/],
    [['host', '--for', '10m'], /--for is an option of record, report and stacks/],
    [['record', '--for', 'soon'], /invalid duration "soon"/],
    [['record', '--for', '0s'], /invalid duration "0s"/],
    [['-p', 'x', 'host'], /-p: invalid number "x", expected a whole number/],
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
