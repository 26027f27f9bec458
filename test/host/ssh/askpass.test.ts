import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Askpass, startAskpass } from '../../../src/host/ssh/askpass.ts';
import { privateFolder } from '../../../src/host/ssh/private-folder.ts';
import { type ScriptedPrompter, scriptedPrompter } from '../../helpers/scripted-prompter.ts';

let folder = '';
let askpass: Askpass | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-test-'));
});
afterEach(() => {
  askpass?.close();
  rmSync(folder, { recursive: true });
});

/** What ssh would get: the answer, or undefined where askpass fails. */
async function ask(prompter: ScriptedPrompter, prompt: string, kind?: string): Promise<string | undefined> {
  askpass ??= await startAskpass(folder, prompter, (work) => work);
  const { SSH_ASKPASS: program = '' } = askpass.env;
  const env = { ...process.env, ...askpass.env, ...(kind === undefined ? {} : { SSH_ASKPASS_PROMPT: kind }) };
  return new Promise((settle) => {
    execFile(program, [prompt], { env }, (error, stdout) => settle(error === null ? stdout : undefined));
  });
}
afterEach(() => {
  askpass = undefined;
});

it('carries a secret to ssh, with another title when the prompt repeats', async () => {
  const prompter = scriptedPrompter({ secrets: ["it's a $ecret", 'second'] });
  expect(await ask(prompter, "Enter passphrase for key '/k': ")).toBe("it's a $ecret\n");
  expect(await ask(prompter, "Enter passphrase for key '/k': ")).toBe('second\n');
  expect(prompter.asked).toEqual([
    "secret: ssh prompt: Enter passphrase for key '/k'",
    "secret: Permission denied, try again: Enter passphrase for key '/k'",
  ]);
});

it('turns a host key prompt into a confirmation', async () => {
  const prompter = scriptedPrompter({ confirms: [true, false] });
  const question =
    "The authenticity of host 'web' can't be established.\nED25519 key fingerprint is SHA256:x.\nAre you sure you want to continue connecting (yes/no/[fingerprint])? ";
  expect(await ask(prompter, question)).toBe('yes\n');
  expect(await ask(prompter, question)).toBe('no\n');
  expect(prompter.asked[0]).toBe(
    "confirm: Unknown host key: The authenticity of host 'web' can't be established. | ED25519 key fingerprint is SHA256:x.",
  );
});

it('fails and calls onCancel when the dialog is cancelled', async () => {
  const prompter = scriptedPrompter();
  let cancelled = 0;
  askpass = await startAskpass(folder, prompter, (work) => work);
  askpass.onCancel(() => cancelled++);
  expect(await ask(prompter, 'Password: ')).toBeUndefined();
  expect(cancelled).toBe(1);
});

it('shows a notice, and confirms a permission', async () => {
  const prompter = scriptedPrompter({ confirms: [true] });
  expect(await ask(prompter, 'Touch your key', 'none')).toBe('\n');
  expect(await ask(prompter, 'Allow use of key?', 'confirm')).toBe('\n');
  expect(prompter.notices).toEqual(['Touch your key']);
});

it('shows one dialog at a time', async () => {
  const prompter = scriptedPrompter({ secrets: ['a', 'b', 'c'] });
  await ask(prompter, 'warm up');
  expect(new Set(await Promise.all([ask(prompter, 'one'), ask(prompter, 'two')]))).toEqual(new Set(['b\n', 'c\n']));
});

it('shows hostile prompts harmless, and puts nothing secret where others can read it', async () => {
  const prompter = scriptedPrompter({ secrets: ['hunter2'] });
  await ask(prompter, 'Pass\u001B]0;owned\u0007word\u202E: ');
  expect(prompter.asked[0]).not.toMatch(/[\u001B\u0007\u202E]/);
  expect(JSON.stringify(askpass?.env)).not.toContain('hunter2');
  expect(statSync(askpass?.env['SSH_ASKPASS'] ?? '').mode & 0o777).toBe(0o700);
});

it('survives prompts that are malformed, too long, or fail', async () => {
  const failing = scriptedPrompter({ secrets: ['late'] });
  let first = true;
  const prompter: ScriptedPrompter = {
    ...failing,
    secret: async (question) => {
      if (!first) return failing.secret(question);
      first = false;
      throw new Error('the screen is gone');
    },
  };
  expect(await ask(prompter, 'one: ')).toBeUndefined();
  for (const rubbish of ['', '{', 'null', '{"prompt":1}', 'x'.repeat(100_000)])
    await new Promise((settle) => {
      const socket = connect(join(folder, 'ask'));
      socket.on('error', () => undefined).on('close', settle);
      socket.end(rubbish);
      socket.resume();
    });
  expect(await ask(prompter, 'two: ')).toBe('late\n');
});

it('privateFolder has mode 0700, a new name each time, and fits a control socket', async () => {
  const [one, two] = await Promise.all([privateFolder(), privateFolder()]);
  expect(one).not.toBe(two);
  for (const path of [one, two]) {
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(`${path}/control.1234567890123456`.length).toBeLessThan(104);
    rmSync(path, { recursive: true });
  }
});
