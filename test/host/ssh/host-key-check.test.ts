import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyring } from '../../../src/host/ssh/connection.ts';
import { hostKeyCheck, knownFor } from '../../../src/host/ssh/host-key-check.ts';
import { fingerprint } from '../../../src/host/ssh/known-hosts.ts';
import { type SshConfig, parseSshConfig } from '../../../src/host/ssh/ssh-config.ts';
import { scriptedPrompter } from '../../helpers/scripted-prompter.ts';

const [ED25519 = '', RSA = '', , OTHER = ''] = readFileSync(new URL('fixtures/host_keys.pub', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const blob = (key: string): Buffer => Buffer.from(key.split(' ')[1] ?? '', 'base64');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (): string => join(folder, '.ssh', 'known_hosts');
const resolved = (more: Partial<SshConfig> = {}): SshConfig => ({
  ...parseSshConfig('hostname web\nport 2222', 'web', {
    home: folder,
    user: 'me',
    agentSocket: undefined,
    environment: () => undefined,
  }),
  globalKnownHostsFiles: [],
  ...more,
});
const known = (text: string): Partial<SshConfig> => {
  const path = join(folder, 'kh');
  writeFileSync(path, text);
  return { userKnownHostsFiles: [path] };
};

describe('an unknown key', () => {
  it('is confirmed once, then added in a private folder and file', async () => {
    const prompter = scriptedPrompter({ confirms: [true] });
    const check = await hostKeyCheck(resolved(), prompter, createKeyring());
    await check.check(blob(ED25519));
    await check.check(blob(ED25519));
    expect(prompter.asked).toHaveLength(1);
    expect(prompter.asked[0]).toContain(fingerprint(blob(ED25519)));
    expect(readFileSync(file(), 'utf8')).toBe(`[web]:2222 ${ED25519}\n`);
    expect([statSync(file()).mode & 0o777, statSync(join(folder, '.ssh')).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  it('is added hashed where HashKnownHosts is on, after a last line without its end', async () => {
    const options = known(`db ${RSA}`);
    await (
      await hostKeyCheck(
        resolved({ ...options, hashKnownHosts: true }),
        scriptedPrompter({ confirms: [true] }),
        createKeyring(),
      )
    ).check(blob(ED25519));
    const text = readFileSync(join(folder, 'kh'), 'utf8');
    expect(text).toMatch(/^db .*\n\|1\|.*ssh-ed25519 .*\n$/);
    expect(text).not.toContain('web');
    await (await hostKeyCheck(resolved(options), scriptedPrompter(), createKeyring())).check(blob(ED25519));
  });

  it('is refused after a no, and without a dialog when StrictHostKeyChecking is yes', async () => {
    await expect(
      (await hostKeyCheck(resolved(), scriptedPrompter(), createKeyring())).check(blob(ED25519)),
    ).rejects.toThrow(/not trusted/);
    const prompter = scriptedPrompter({ confirms: [true] });
    const strict = await hostKeyCheck(resolved({ strictHostKeyChecking: 'yes' }), prompter, createKeyring());
    await expect(strict.check(blob(ED25519))).rejects.toThrow(
      /no host key known for \[web\]:2222, StrictHostKeyChecking=yes/,
    );
    expect(prompter.asked).toEqual([]);
  });

  it.each(['no', 'accept-new'] as const)(
    'is accepted with a notice when StrictHostKeyChecking is %s',
    async (strictHostKeyChecking) => {
      const prompter = scriptedPrompter();
      await (await hostKeyCheck(resolved({ strictHostKeyChecking }), prompter, createKeyring())).check(blob(ED25519));
      expect(prompter.notices[0]).toContain(`StrictHostKeyChecking=${strictHostKeyChecking}`);
      expect(prompter.asked).toEqual([]);
    },
  );

  it('is trusted, also at a reconnect, when known_hosts is not writable', async () => {
    const keyring = createKeyring();
    const nowhere = resolved({ userKnownHostsFiles: ['/dev/null/known_hosts'] });
    const prompter = scriptedPrompter({ confirms: [true] });
    await (await hostKeyCheck(nowhere, prompter, keyring)).check(blob(ED25519));
    expect(prompter.notices[0]).toContain('host key not added to');
    await (await hostKeyCheck(nowhere, scriptedPrompter(), keyring)).check(blob(ED25519));
    await expect(
      (await hostKeyCheck(nowhere, scriptedPrompter({ confirms: [true] }), keyring)).check(blob(OTHER)),
    ).rejects.toThrow(/has changed/);
  });
});

describe('a changed key', () => {
  it.each(['ask', 'yes', 'accept-new', 'no'] as const)(
    'is refused with file, line and both fingerprints (%s)',
    async (strictHostKeyChecking) => {
      const prompter = scriptedPrompter({ confirms: [true] });
      const check = await hostKeyCheck(
        resolved({ ...known(`# c\n[web]:2222 ${ED25519}\n`), strictHostKeyChecking }),
        prompter,
        createKeyring(),
      );
      const refused = check.check(blob(OTHER));
      await expect(refused).rejects.toThrow(/\[web\]:2222 has changed: .*kh:2/);
      await expect(refused).rejects.toThrow(fingerprint(blob(ED25519)));
      await expect(refused).rejects.toThrow(fingerprint(blob(OTHER)));
      await expect(refused).rejects.toMatchObject({ retry: false, fix: expect.stringContaining('ssh-keygen -f') });
      expect(prompter.asked).toEqual([]);
    },
  );

  it('is refused when it comes at a rekey, even if known_hosts has that one too', async () => {
    const check = await hostKeyCheck(
      resolved(known(`[web]:2222 ${ED25519}\n[web]:2222 ${OTHER}\n`)),
      scriptedPrompter(),
      createKeyring(),
    );
    await check.check(blob(ED25519));
    await expect(check.check(blob(OTHER))).rejects.toThrow(/has changed/);
    await check.check(blob(ED25519));
  });
});

it('a key known for the bare host is valid on another port, a different one there is ignored', async () => {
  const options = known(`web ${ED25519}\n`);
  await (await hostKeyCheck(resolved(options), scriptedPrompter(), createKeyring())).check(blob(ED25519));
  const prompter = scriptedPrompter({ confirms: [true] });
  await (await hostKeyCheck(resolved(options), prompter, createKeyring())).check(blob(OTHER));
  expect(prompter.asked).toHaveLength(1);
});

it('reads every file, and uses HostKeyAlias when it is set', async () => {
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  writeFileSync(one, `[web]:2222 ${OTHER}\n`);
  writeFileSync(two, `alias ${ED25519}\n`);
  const files = { userKnownHostsFiles: [join(folder, 'absent'), one], globalKnownHostsFiles: [two] };
  const prompter = scriptedPrompter();
  const check = await hostKeyCheck(resolved({ ...files, hostKeyAlias: 'alias' }), prompter, createKeyring());
  await check.check(blob(ED25519));
  expect([check.knownTypes, prompter.asked]).toEqual([['ssh-ed25519'], []]);
});

it('refuses revoked keys, and hosts with a @cert-authority only', async () => {
  const revoked = await hostKeyCheck(resolved(known(`@revoked * ${ED25519}\n`)), scriptedPrompter(), createKeyring());
  await expect(revoked.check(blob(ED25519))).rejects.toThrow(/is revoked in .*kh:1/);
  const options = known(`@cert-authority [web]:2222 ${OTHER}\n`);
  const authority = await hostKeyCheck(resolved(options), scriptedPrompter({ confirms: [true] }), createKeyring());
  await expect(authority.check(blob(ED25519))).rejects.toMatchObject({
    fix: expect.stringContaining('--transport openssh'),
  });
  expect(await knownFor(resolved(options))).toEqual({ types: [], certificateOnly: true });
});
