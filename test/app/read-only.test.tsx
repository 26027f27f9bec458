import { expect, test } from 'vitest';
import type { ToolBox } from '../../src/app/tools-flow.ts';
import { actions, resolveKeymap } from '../../src/keymap.ts';
import { cannedSession, type FakeSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

/** Host that allows tools, in a read-only session. */
function locked(readOnly: boolean) {
  const session: FakeSession = cannedSession();
  const asked: string[] = [];
  Object.assign(session.host, { readOnly, attach: async () => void asked.push('attach') });
  const tools: ToolBox = {
    list: async () => {
      asked.push('list');
      return [{ id: 'gdb', title: 'gdb', cost: 'stops it' }];
    },
    open: async () => {
      asked.push('open');
      throw new Error('entered');
    },
  };
  return { session, tools, asked };
}

const LEAVES = new Set(['quit', 'leave']);
const NAMED: Readonly<Record<string, string>> = { 'ctrl-b': '\u0002', 'ctrl-f': '\u0006', 'ctrl-p': '\u0010' };

test('read-only session opens no tool for any keys or bindings', async () => {
  const { session, tools, asked } = locked(true);
  const { keymap, problems } = resolveKeymap({ tools: ['t', 'f5', 'alt-t'], unlock: ['s'] });
  expect(problems).toEqual([]);
  const screen = await open({ session, tools, keymap, tab: 'processes' });
  expect(screen.line(0)).toContain('READ-ONLY');
  await screen.press('t', '\u001B[15~', '\u001Bt');
  expect(screen.line(39)).toContain('run tool: this session is read-only');
  for (const { id, keys } of actions) {
    if (LEAVES.has(id)) continue;
    const [key = ''] = keys;
    await screen.press(NAMED[key] ?? key, 'esc', '3', 't');
    expect([id, asked]).toEqual([id, []]);
  }
  // Root is allowed for reads.
  await screen.press('3', 's', 'r', 'i', 'g', 'h', 't', 'enter');
  session.root = { state: 'root' };
  await screen.press('3', 'down', 't');
  expect(screen.line(39)).toContain('run tool: this session is read-only');
  expect(asked).toEqual([]);
  await screen.quit();
}, 60_000);

test('palette offers no tools in a read-only session', async () => {
  for (const readOnly of [true, false]) {
    const { session, tools, asked } = locked(readOnly);
    const screen = await open({ session, tools, tab: 'processes' });
    await screen.press('3', 'down', ':', 'tools');
    expect(/^.*> tools/m.test(screen.text())).toBe(true);
    const offered = /▸ run tool /.test(screen.text());
    expect(offered).toBe(!readOnly);
    await screen.press('enter');
    await screen.press('esc', 'esc');
    // With tools enabled the list is read: proof that the check above can fail.
    expect(asked.includes('list')).toBe(!readOnly);
    await screen.quit();
  }
});
