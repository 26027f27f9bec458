import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTarget, sshArgs } from '../../../src/host/ssh/target.ts';
import { TransportError } from '../../../src/host/transport.ts';

describe('parseTarget', () => {
  it.each([
    ['web', ['--', 'web']],
    ['me@web', ['-l', 'me', '--', 'web']],
    ['me@corp@web', ['-l', 'me@corp', '--', 'web']],
    ['ssh://me@web:2222', ['-p', '2222', '-l', 'me', '--', 'web']],
    ['ssh://web/', ['--', 'web']],
    ['ssh://me@[fe80::1]:22', ['-p', '22', '-l', 'me', '--', 'fe80::1']],
    ['ssh://a%40b@web', ['-l', 'a@b', '--', 'web']],
    ['fe80::1%eth0', ['--', 'fe80::1%eth0']],
    ['web:2222', ['-p', '2222', '--', 'web']],
    ['me@web:2222', ['-p', '2222', '-l', 'me', '--', 'web']],
    ['me@10.0.0.1:22', ['-p', '22', '-l', 'me', '--', '10.0.0.1']],
    ['::1', ['--', '::1']],
    ['[::1]', ['--', '::1']],
    ['me@[fe80::1%eth0]:2222', ['-p', '2222', '-l', 'me', '--', 'fe80::1%eth0']],
    ['2001:db8::7:22', ['--', '2001:db8::7:22']],
  ])('%s', (text, args) => {
    expect(sshArgs(parseTarget(text))).toEqual(args);
  });

  it('takes the options of ssh, which override the name', () => {
    const target = parseTarget('ssh://me@web:22', {
      port: 2222,
      login: 'you',
      identities: ['/a', '/b c'],
      jump: 'bastion',
      configFile: '/cfg',
      bindAddress: '10.0.0.7',
      addressFamily: 'inet',
      compression: true,
      controlPath: '/run/cm',
      options: ['ServerAliveInterval=9', 'LogLevel DEBUG'],
    });
    expect(sshArgs(target).join(' ')).toBe(
      '-F /cfg -p 2222 -l you -i /a -i /b c -J bastion -b 10.0.0.7 -o AddressFamily=inet -o Compression=yes -o ServerAliveInterval=9 -o LogLevel DEBUG -- web',
    );
    expect(target.controlPath).toBe('/run/cm');
  });

  it.each([
    '',
    'me@',
    '@web',
    '-oProxyCommand=id',
    'me@-v',
    '-l@web',
    'a b',
    'a\nb',
    'a\u0000b',
    'a\u202Eb',
    '$(id)',
    'a;b',
    'a`b`',
    'ssh://',
    'ssh://web/path',
    'ssh://-x',
  ])('parseTarget refuses %j in one line', (text) => {
    const parse = (): unknown => parseTarget(text);
    expect(parse).toThrow(TransportError);
    expect(parse).toThrow(/^(?:Invalid (?:user|host) name: |Bad ssh URI$)[^\n\u0000-\u001F\u202E]*$/);
  });

  it.each(['web:', 'me@web:ssh', 'web:/tmp', '[::1]:x'])('refuses the port of %s with a hint', (text) => {
    expect(() => parseTarget(text)).toThrow(/^Bad port/);
  });

  it.each([0, -1, 65_536, 1.5, Number.NaN])('refuses port %s', (port) => {
    expect(() => parseTarget('web', { port })).toThrow(/from 1 to 65535/);
  });

  it('refuses empty values and control characters in options', () => {
    expect(() => parseTarget('web', { options: [''] })).toThrow(TransportError);
    expect(() => parseTarget('web', { identities: ['a\nb'] })).toThrow(TransportError);
  });

  it('never yields an option, a blank or a shell metacharacter', () => {
    const argsOf = (text: string): string[] | undefined => {
      try {
        return sshArgs(parseTarget(text));
      } catch (error) {
        if (error instanceof TransportError) return undefined;
        throw error;
      }
    };
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const args = argsOf(text) ?? ['--', 'refused'];
        expect(args.at(-2)).toBe('--');
        expect(args.at(-1)).toMatch(/^[^-\s'"`$\\;&<>|(){}][^\s'"`$\\;&<>|(){}]*$/);
      }),
    );
  });
});
