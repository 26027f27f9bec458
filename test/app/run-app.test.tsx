import { expect, test } from 'vitest';
import { TransportError } from '../../src/host/transport.ts';
import { cannedSession } from '../helpers/fake-session.ts';
import { open, TestScreen } from '../helpers/screen.tsx';

const LEFT = '\u001B[?1049l';
const MOUSE_OFF = '\u001B[?1000l';

test('runApp shows target and time while connecting, with dialogs over it', async () => {
  const session = cannedSession();
  const answers: (string | boolean | undefined)[] = [];
  const screen = await open({
    session,
    connect: async (prompter) => {
      prompter.notify('banner of \u001B[31mACME\u0007');
      answers.push(await prompter.confirm({ title: 'New host key', lines: ['SHA256:abc'], yes: 'trust it' }));
      answers.push(await prompter.secret({ title: 'Password', prompt: "support@node-7's password:" }));
      return session;
    },
  });
  expect(screen.text()).toContain('connecting to support@node-7… 0 s');
  expect(screen.text()).toContain('banner of ␛[31mACME␇');
  expect(screen.text()).toContain('SHA256:abc');
  await screen.press('y');
  await screen.press('h', 'u', 'n', 't', 'e', 'r', '2');
  expect(screen.text()).toContain('*******');
  expect(screen.text()).not.toContain('hunter2');
  await screen.press('enter');
  expect(answers).toEqual([true, 'hunter2']);
  expect(screen.line(0)).toContain('● LIVE');
  expect(screen.takeOutput()).not.toContain('hunter2');
  expect(await screen.quit()).toEqual({ how: 'quit' });
});

test('runApp cancels the dialog and stops a late session when quit while connecting', async () => {
  const session = cannedSession();
  let answer: unknown = 'open';
  const screen = await open({
    session,
    connect: async (prompter) => {
      answer = await prompter.secret({ title: 'Password', prompt: 'password:' });
      return session;
    },
  });
  expect(await screen.quit()).toEqual({ how: 'gave-up' });
  expect(answer).toBeUndefined();
  expect(session.stopped).toBe(true);
});

test('runApp restores the terminal and rejects when the connection fails', async () => {
  const screen = new TestScreen({
    connect: async () => {
      throw new TransportError('node-7: connection refused', { fix: 'Is sshd running?' });
    },
  });
  await expect(screen.ended).rejects.toThrow('connection refused');
  const output = screen.takeOutput();
  expect(output).toContain(LEFT);
  expect(output.lastIndexOf(MOUSE_OFF)).toBeGreaterThan(output.indexOf('\u001B[?1000h'));
  expect(screen.raw).toEqual([true, false]);
});

test('runApp restores the terminal and stops the session on quit', async () => {
  const session = cannedSession();
  const screen = await open({ session });
  expect(await screen.quit()).toEqual({ how: 'quit' });
  const output = screen.takeOutput();
  for (const sequence of [LEFT, MOUSE_OFF, '\u001B[?25h', '\u001B[?2004l']) expect(output).toContain(sequence);
  expect(screen.raw).toEqual([true, false]);
  expect(session.stopped).toBe(true);
  expect(screen.terminal.buffer.active.type).toBe('normal');
});

test('runApp restores the terminal on a signal', async () => {
  const screen = await open({ session: cannedSession() });
  process.emit('SIGHUP', 'SIGHUP');
  expect(await screen.ended).toEqual({ how: 'signal', signal: 'SIGHUP' });
  expect(screen.takeOutput()).toContain(LEFT);
});

test('runApp ignores a CI variable', async () => {
  process.env['CI'] = '';
  try {
    const screen = await open({ session: cannedSession() });
    expect(screen.terminal.buffer.active.type).toBe('alternate');
    expect(screen.line(0)).toContain('support@node-7');
    await screen.quit();
  } finally {
    delete process.env['CI'];
  }
});

test.each(['end', 'error'])('runApp ends as by SIGHUP when the keyboard reports %s', async (event) => {
  const session = cannedSession();
  const screen = await open({ session });
  screen.loseKeyboard(event);
  expect(await screen.ended).toEqual({ how: 'signal', signal: 'SIGHUP' });
  expect(session.stopped).toBe(true);
});
