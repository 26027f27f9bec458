import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { ownSettings } from '../../src/commands/own-settings.ts';
import { attachOver } from '../../src/host/attachment.ts';
import type { AttachRequest } from '../../src/host/host.ts';
import { localAttach } from '../helpers/attach-pipe.ts';
import { cannedSession } from '../helpers/fake-session.ts';
import { needsPython } from '../helpers/python.ts';
import { open } from '../helpers/screen.tsx';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-own-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const own = async (text = '') => {
  const file = join(folder, 'config.toml');
  writeFileSync(file, text);
  return ownSettings(await loadConfig(file));
};

test('screen has the panes as they were saved when it starts again', async () => {
  const first = await open({ session: cannedSession(), own: await own(), columns: 120, rows: 40 });
  await first.press('3', 'o', 'COMMAND', 'enter', '/', 'worker-1', 'enter');
  // Columns: RSS before COMMAND goes to the front, the state letter is hidden.
  await first.press('C', 'down', 'space', 'down', 'down', '-', '-', '-', 'enter');
  expect(first.text()).toMatch(/RSS +PID +CPU +COMMAND/);
  await first.press('L', 'down', 'space', 'enter');
  expect(first.line(1)).not.toContain('Hardware');
  await first.press('Y');
  expect(first.text()).toContain(`saved: ${join(folder, 'panes.toml')}`);
  await first.quit();
  const second = await open({ session: cannedSession(), own: await own(), columns: 120, rows: 40 });
  expect(second.line(1)).not.toContain('Hardware');
  await second.press('3');
  expect(second.text()).toMatch(/RSS +PID +CPU +COMMAND/);
  expect(second.text()).toContain('worker-19');
  expect(second.text()).not.toContain('systemd');
  // A hidden pane keeps its key.
  await second.press('2');
  expect(second.line(1)).toContain('Hardware');
  await second.quit();
});

test('screen states which settings of the config file go before the saved ones', async () => {
  const text = '# mine\n[panes.processes.processes]\nsort = "pid"\n';
  const screen = await open({ session: cannedSession(), own: await own(text), tab: 'processes' });
  await screen.press('o', 'COMMAND', 'enter', ':', 'save', 'enter');
  expect(screen.text()).toContain('config.toml overrides panes.processes.processes.sort');
  expect(readFileSync(join(folder, 'config.toml'), 'utf8')).toBe(text);
  await screen.quit();
});

const COMMANDS = `[[commands]]
name = "show name"
key = "F"
command = ["printf", "<%s|%s>", "{name}", "{pid}"]
[[commands]]
name = "loud"
key = "v"
command = ["sh", "-c", "yes line | head -n 2000; sleep 60"]
timeout = "1s"
`;

/** Session whose tools run on this machine, under the real guard. */
function attachable() {
  const session = cannedSession();
  const requests: AttachRequest[] = [];
  Object.assign(session.host, {
    attach: (request: AttachRequest) => {
      requests.push(request);
      return attachOver(localAttach().pipe, request);
    },
  });
  return { session, requests };
}

const until = async (check: () => boolean, settle: () => Promise<void>) => {
  for (let i = 0; i < 100 && !check(); i++) await settle();
};

test('screen shows a command of the config file, asks, and runs it on the selected row', async (context) => {
  needsPython(context);
  const { session, requests } = attachable();
  const screen = await open({ session, own: await own(COMMANDS), tab: 'processes', columns: 120, rows: 40 });
  await screen.press('home', 'down', 'F');
  expect(screen.text()).toContain("printf '<%s|%s>' qemu-system-x86_64 4242");
  expect(screen.text()).toContain('as the login user, for up to 20 s');
  await screen.press('esc');
  expect(requests).toEqual([]);
  await screen.press('F', 'y');
  await until(
    () => screen.text().includes('<qemu-system-x86_64|4242>'),
    () => screen.settle(),
  );
  expect(screen.text()).toContain('<qemu-system-x86_64|4242>');
  expect(requests).toMatchObject([
    {
      argv: ['timeout', '-s', 'INT', '-k', '5', '20', 'printf', '<%s|%s>', 'qemu-system-x86_64', '4242'],
      as: 'user',
      keepAll: false,
      reason: 'command "show name" of the config file, confirmed by the engineer',
    },
  ]);
  await screen.quit();
}, 30_000);

test('screen ends a command at its time limit', async (context) => {
  needsPython(context);
  const { session } = attachable();
  const screen = await open({ session, own: await own(COMMANDS), tab: 'processes', columns: 120, rows: 40 });
  await screen.press('v', 'y');
  await until(
    () => screen.text().includes('ended at its time limit of 1 s'),
    () => screen.settle(200),
  );
  expect(screen.text()).toContain('ended at its time limit of 1 s');
  await screen.quit();
}, 30_000);

test('screen refuses a command on a row with a hostile name', async () => {
  const { session, requests } = attachable();
  const screen = await open({ session, own: await own(COMMANDS), tab: 'processes', columns: 120, rows: 40 });
  await screen.press('/', 'gnp', 'enter', 'home', 'F');
  expect(screen.text()).toContain('show name: name has control characters');
  expect(requests).toEqual([]);
  await screen.quit();
});

test('screen refuses a command with the reason when the session is read-only or a recording', async () => {
  for (const kind of ['read-only', 'recording'] as const) {
    const { session, requests } = attachable();
    if (kind === 'read-only') Object.assign(session.host, { readOnly: true });
    else Object.assign(session, { live: undefined });
    const reason = kind === 'recording' ? 'not available in a recording' : 'this session is read-only';
    const screen = await open({ session, own: await own(COMMANDS), tab: 'processes', columns: 120, rows: 40 });
    await screen.press('home', 'F');
    expect(screen.text()).toContain(`show name: ${reason}`);
    await screen.press('esc', ':', 'show name');
    expect(screen.text()).toContain('command show name');
    expect(screen.text()).toContain(reason);
    await screen.press('enter', 'y');
    expect(requests).toEqual([]);
    await screen.quit();
  }
});

test('help lists the commands of the config file', async () => {
  const screen = await open({ session: cannedSession(), own: await own(COMMANDS), columns: 200, rows: 60 });
  await screen.press('?', '/', 'show name', 'enter');
  expect(screen.text()).toMatch(/F +show name: printf <%s\|%s> \{name\} \{pid\}/);
  await screen.quit();
});
