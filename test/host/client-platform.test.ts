import { expect, test } from 'vitest';
import { requireLinuxHere, requireUnixClient } from '../../src/host/client-platform.ts';
import type { TransportError } from '../../src/host/transport.ts';

test('requireLinuxHere throws with the way to a host when the client is not Linux', () => {
  expect(() => requireLinuxHere('linux')).not.toThrow();
  for (const platform of ['darwin', 'win32'])
    expect(() => requireLinuxHere(platform)).toThrow(
      expect.objectContaining<Partial<TransportError>>({
        message: 'local triage needs Linux',
        fix: 'use crashcart user@host',
      }),
    );
});

test('requireUnixClient throws when the client is Windows', () => {
  for (const platform of ['linux', 'darwin']) expect(() => requireUnixClient('ProxyCommand', platform)).not.toThrow();
  expect(() => requireUnixClient('ProxyCommand', 'win32')).toThrow('ProxyCommand needs /bin/sh and unix sockets');
});
