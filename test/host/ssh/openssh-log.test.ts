import { expect, it } from 'vitest';
import { opensshLog } from '../../../src/host/ssh/openssh-log.ts';

/** Standard error of OpenSSH 9.2 with LogLevel=DEBUG1. */
const LOGIN = [
  'debug1: Connecting to web [10.0.0.1] port 22.\r\n',
  'debug1: kex: algorithm: sntrup761x25519-sha512\r\n',
  'debug1: kex: host key algorithm: ssh-ed25519\r\n',
  'debug1: kex: server->client cipher: chacha20-poly1305@openssh.com MAC: <implicit> compression: none\r\n',
  'Authorised use only.\n',
  'debug1: Authentications that can continue: publickey,password\r\n',
  'debug1: Next authentication method: publickey\r\n',
  'debug1: Offering public key: /keys/id a ED25519 SHA256:abc explicit\r\n',
  'debug1: Offering public key: me@laptop RSA SHA256:def agent\r\n',
  'debug1: Next authentication method: password\r\n',
];

it('opensshLog gives the lines that are no debug lines, in any cut', () => {
  const lines: string[] = [];
  const log = opensshLog((line) => lines.push(line));
  const text = [...LOGIN, 'Authenticated to web ([10.0.0.1]:22) using "publickey".\r\n', 'half'].join('');
  const shown = text.split('').flatMap((character) => log.read(character));
  expect(shown).toEqual(['Authorised use only.']);
  expect(log.rest()).toBe('half');
  expect(lines).toHaveLength(LOGIN.length);
});

it('opensshLog keeps a limited part of a line without an end', () => {
  const log = opensshLog();
  for (let i = 0; i < 10; i++) log.read('x'.repeat(20_000));
  expect(log.rest()).toHaveLength(65_536);
  expect(log.read('\nnext\n')).toEqual(['x'.repeat(65_536), 'next']);
});

it('opensshLog gives the algorithms of the key exchange, which no later line changes', () => {
  const log = opensshLog();
  expect(log.algorithms).toBeUndefined();
  log.read(LOGIN.join(''));
  log.read('debug1: kex: algorithm: forged-by-a-banner\n');
  expect(log.algorithms).toEqual({
    kex: 'sntrup761x25519-sha512',
    hostKey: 'ssh-ed25519',
    cipher: 'chacha20-poly1305@openssh.com',
    compression: 'none',
  });
});

it('opensshLog gives what was tried, without a first factor that was accepted', () => {
  const log = opensshLog();
  log.read(LOGIN.join(''));
  expect(log.tried).toEqual(['key /keys/id a', 'ssh-agent key me@laptop', 'password']);
  log.read('Authenticated using "password" with partial success.\r\n');
  expect(log.tried).toEqual(['key /keys/id a', 'ssh-agent key me@laptop']);
});

it('opensshLog gives the last message after a refused method, not the banner before', () => {
  const log = opensshLog();
  log.read(LOGIN.join(''));
  expect(log.message).toBeUndefined();
  log.read('Your account has expired\u001B[2J\r\nConnection closed by 10.0.0.1 port 22\r\n');
  expect(log.message).toBe('Your account has expired\u241B[2J');
});
