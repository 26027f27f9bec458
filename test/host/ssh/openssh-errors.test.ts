import { expect, it } from 'vitest';
import { explainStderr } from '../../../src/host/ssh/openssh-errors.ts';
import { parseSshConfig } from '../../../src/host/ssh/ssh-config.ts';

const to = parseSshConfig('hostname web\nport 2222', 'web', {
  home: '/',
  user: 'me',
  agentSocket: undefined,
  environment: () => undefined,
});

/** Messages of OpenSSH 9.2. */
it.each([
  [
    'ssh: Could not resolve hostname web: Name or service not known\n',
    'Could not resolve hostname web: Name or service not known',
    true,
  ],
  [
    'ssh: connect to host web port 2222: Connection refused\n',
    'connect to host web port 2222: Connection refused',
    true,
  ],
  [
    'ssh: connect to host web port 2222: Connection timed out\n',
    'connect to host web port 2222: Connection timed out',
    true,
  ],
  ['ssh: connect to host web port 2222: No route to host\n', 'connect to host web port 2222: No route to host', true],
  ['Host key verification failed.\n', 'Host key verification failed: key of web not trusted', false],
  [
    'No ED25519 host key is known for web and you have requested strict checking.\nHost key verification failed.\n',
    'Host key verification failed: No ED25519 host key is known for web',
    false,
  ],
  [
    'me@web: Permission denied (publickey,password).\n',
    'Permission denied: me@web: no usable key; the server accepts publickey, password',
    false,
  ],
  [
    'Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures\n',
    'Too many authentication failures',
    false,
  ],
  [
    'Unable to negotiate with 10.0.0.1 port 22: no matching key exchange method found. Their offer: x\n',
    'Unable to negotiate with 10.0.0.1 port 22: no matching key exchange method found',
    false,
  ],
  [
    'channel 0: open failed: administratively prohibited: open failed\nstdio forwarding failed\nConnection closed by UNKNOWN port 65535\n',
    'Jump host cannot connect to web port 2222: channel 0: open failed',
    true,
  ],
])('%j', (stderr, sentence, retry) => {
  const error = explainStderr(stderr, to);
  expect(error.message).toContain(sentence);
  expect(error.retry).toBe(retry);
  expect(error.fix).toMatch(/\w/);
});

it('explainStderr names the refused keys, and the reasons of those that ssh did not use', () => {
  const stderr = [
    "Permissions 0644 for '/keys/id_open' are too open.",
    'Load key "/keys/id_open": bad permissions',
    'Load key "/keys/id_odd": error in libcrypto',
    'me@web: Permission denied (publickey).',
  ].join('\n');
  const tried = { tried: ['key /keys/id_a', 'key /keys/id_open'], message: undefined };
  const error = explainStderr(stderr, to, tried);
  expect(error.message).toBe(
    'Permission denied: me@web: key /keys/id_a refused (not usable: key /keys/id_open: permissions are too open, key /keys/id_odd: error in libcrypto); the server accepts publickey',
  );
  expect(error.fix).toContain('chmod 600');
});

it('explainStderr gives the message about the account when the server closes the connection after it', () => {
  const tried = { tried: [], message: 'Your account has expired; please contact your system administrator.' };
  const error = explainStderr('Connection closed by 10.0.0.1 port 22\n', to, tried);
  expect(error.message).toBe(
    'Permission denied: me@web: Your account has expired; please contact your system administrator.',
  );
  expect(error.retry).toBe(false);
  expect(explainStderr('Connection closed by 10.0.0.1 port 22\n', to).message).toContain('Connection closed by');
});

it('explainStderr keeps the new fingerprint and the known_hosts line when a host key changed', () => {
  const error = explainStderr(
    [
      '@@@@@@@@@@@',
      '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @',
      'The fingerprint for the ED25519 key sent by the remote host is',
      'SHA256:abc.',
      'Offending ED25519 key in /home/me/.ssh/known_hosts:7',
      'Host key verification failed.',
    ].join('\n'),
    to,
  );
  expect(error.message).toMatch(/has changed.*SHA256:abc.*known_hosts:7/);
});

it('explainStderr shows the sanitised message of a ProxyCommand when it ended', () => {
  const error = explainStderr('nc: no \u001B[2Jproxy\nConnection closed by UNKNOWN port 65535\n', to);
  expect(error.message).toContain('nc: no \u241B[2Jproxy');
});
