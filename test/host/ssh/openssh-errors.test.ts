import { expect, it } from 'vitest';
import { explainStderr } from '../../../src/host/ssh/openssh-errors.ts';
import { parseResolved } from '../../../src/host/ssh/resolved.ts';

const to = parseResolved('hostname web\nport 2222', 'web', {
  home: '/',
  user: 'me',
  agentSocket: undefined,
  environment: () => undefined,
});

/** Real words of OpenSSH 9.2. */
it.each([
  ['ssh: Could not resolve hostname web: Name or service not known\n', 'Unknown host: web has no address.', true],
  ['ssh: connect to host web port 2222: Connection refused\n', 'web refused the connection on port 2222.', true],
  ['ssh: connect to host web port 2222: Connection timed out\n', 'web did not answer on port 2222.', true],
  ['ssh: connect to host web port 2222: No route to host\n', 'There is no way to web', true],
  ['Host key verification failed.\n', 'The host key of web is not trusted.', false],
  [
    'No ED25519 host key is known for web and you have requested strict checking.\nHost key verification failed.\n',
    'is not trusted',
    false,
  ],
  ['me@web: Permission denied (publickey,password).\n', 'web accepted no way to log in.', false],
  ['Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures\n', 'accepted no way', false],
  [
    'Unable to negotiate with 10.0.0.1 port 22: no matching key exchange method found. Their offer: x\n',
    'share no algorithm',
    false,
  ],
  [
    'channel 0: open failed: administratively prohibited: open failed\nstdio forwarding failed\nConnection closed by UNKNOWN port 65535\n',
    'The jump host cannot reach web port 2222.',
    true,
  ],
])('%j', (stderr, sentence, retry) => {
  const error = explainStderr(stderr, to);
  expect(error.message).toContain(sentence);
  expect(error.retry).toBe(retry);
  expect(error.mend).toMatch(/\w/);
});

it('tells of a changed key both the new fingerprint and the line', () => {
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

it('shows the words of a ProxyCommand that ended, harmless, and not only those of ssh', () => {
  const error = explainStderr('nc: no \u001B[2Jproxy\nConnection closed by UNKNOWN port 65535\n', to);
  expect(error.message).toContain('nc: no \u241B[2Jproxy');
});
