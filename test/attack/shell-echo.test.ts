import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { shellQuote } from '../../src/lib/shell-quote.ts';
import { localTransport } from '../../src/host/local-transport.ts';
import { openRootLaneWithPassword, openUserLane } from '../../src/host/open-lane.ts';
import type { Transport } from '../../src/host/transport.ts';
import { needsPython } from '../helpers/python.ts';

const PASSWORD = 'hunter2';
beforeEach(needsPython);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'echo-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** This machine with a login shell that prints each command (`set -x`, `set -v`), and a sudo that keeps what it reads. */
function echoing(sudo: string, flags: string): Transport {
  const path = join(folder, 'sudo');
  writeFileSync(
    path,
    `#!/bin/bash\nprompt=$4\n${sudo}\nIFS= read -r -t 2 line; printf %s "$line" >${folder}/read\nexit 1\n`,
  );
  chmodSync(path, 0o700);
  const local = localTransport();
  return {
    ...local,
    exec: (command) => local.exec(`exec bash ${flags} -c ${shellQuote(command.replaceAll('/usr/bin/sudo', path))}`),
  };
}

const readBySudo = (): string => (existsSync(join(folder, 'read')) ? readFileSync(join(folder, 'read'), 'utf8') : '');

async function unlock(sudo: string, flags: string): Promise<boolean> {
  const { lane } = await openUserLane(localTransport());
  try {
    const opening = openRootLaneWithPassword(echoing(sudo, flags), lane, PASSWORD);
    await expect(opening).rejects.toThrow(/exit|ended|closed/i);
  } finally {
    lane.close();
  }
  return readBySudo() === PASSWORD;
}

const ASKS = `printf %s "\${prompt//%%/%}" >&2`;

test.each(['-x', '-v', '-xv', '+x'])(
  'the password stays here when a shell with %s prints the command and sudo asks nothing',
  async (flags) => {
    expect(await unlock('', flags)).toBe(false);
    expect(readBySudo()).not.toContain(PASSWORD);
  },
);

test.each(['-xv', '+x'])('the password reaches sudo when it asks behind a shell with %s', async (flags) => {
  expect(await unlock(ASKS, flags)).toBe(true);
});

test('the password reaches a sudo that prints the prompt without escapes and with text around it', async () => {
  expect(await unlock('printf "[sudo: %s] Password: " "$prompt" >&2', '-xv')).toBe(true);
});
