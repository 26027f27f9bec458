import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bannerTo } from '../../src/host/ssh/banner.ts';
import { scriptedPrompter } from '../helpers/scripted-prompter.ts';
import { type SshReach, sshReach } from '../helpers/ssh-reach.ts';

/** OSC title and clipboard, clear screen, 8-bit CSI, bidi override, device query. */
const HOSTILE = '\u001B]0;owned\u0007\u001B]52;c;ZXZpbA==\u0007\u001B[2J\u009B31m\u202Etxt\u001BP$qm\u001B\\\u001B[c';
const UNSAFE = /[\u0000-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E\u2066-\u2069]/;

let reach: SshReach;
beforeEach(() => {
  reach = sshReach();
});
afterEach(() => reach.end());

describe('output of a server', () => {
  it('is sanitised in a banner', async () => {
    const prompter = scriptedPrompter({ secrets: ['pw'] });
    await reach.connected(
      reach.resolved(await reach.server({ banner: `${HOSTILE}\r\nsecond line\n`, password: 'pw' })),
      prompter,
    );
    expect(prompter.notices).toHaveLength(2);
    expect(prompter.notices.join('')).not.toMatch(UNSAFE);
  });

  it('is truncated in a banner of 10 MB, and in ten thousand banners', () => {
    const prompter = scriptedPrompter();
    const show = bannerTo(prompter);
    show('x\n'.repeat(5_000_000));
    for (let i = 0; i < 10_000; i++) show('y'.repeat(1000));
    expect(prompter.notices.length).toBeLessThanOrEqual(60);
    expect(prompter.notices.every((line) => line.length <= 300)).toBe(true);
  });

  it('is sanitised in login prompts', async () => {
    const prompter = scriptedPrompter({ secrets: ['ok'] });
    const keyboard = [{ prompts: [{ prompt: `${HOSTILE}Code: `, echo: false }], answers: ['ok'] }];
    await reach.connected(reach.resolved(await reach.server({ keyboard })), prompter);
    expect(prompter.asked.join('')).not.toMatch(UNSAFE);
  });

  it('comes after user and host in the title of a dialog', async () => {
    const prompter = scriptedPrompter({ secrets: ['ok'] });
    const keyboard = [{ prompts: [{ prompt: 'root@other password: ', echo: false }], answers: ['ok'] }];
    await reach.connected(reach.resolved(await reach.server({ keyboard })), prompter);
    expect(prompter.asked[0]).toMatch(/^secret: support@127\.0\.0\.1: One moment: please/);
  });

  it('ends the login when prompts do not end', async () => {
    const round = { prompts: [{ prompt: 'again', echo: false }], answers: ['a'] };
    const prompter = scriptedPrompter({ secrets: Array.from({ length: 100 }, () => 'a') });
    const to = reach.resolved(await reach.server({ keyboard: Array.from({ length: 50 }, () => round) }));
    await expect(reach.connected(to, prompter)).rejects.toThrow(/too many prompts/);
    expect(prompter.asked.length).toBeLessThan(20);
  });
});

describe('a peer without SSH', () => {
  const fails = async (respond: (socket: Socket) => void): Promise<string> => {
    const { port } = await reach.listening(respond);
    try {
      await reach.connected(reach.resolved(port, { connectTimeoutMs: 3000 }));
      return 'connected';
    } catch (error) {
      return String(error);
    }
  };

  it.each<[string, (socket: Socket) => void]>([
    ['a web server', (socket) => socket.end(`HTTP/1.1 400 ${HOSTILE}\r\n\r\n`)],
    ['one that hangs up', (socket) => socket.end()],
    ['one that resets', (socket) => socket.resetAndDestroy()],
    ['one that sends rubbish for a version', (socket) => socket.write(`SSH-9.9-${HOSTILE}\r\n`)],
    [
      'one that lies about a length',
      (socket) => socket.write('SSH-2.0-x\r\n\u007F\u007F\u007F\u007F\u0001aaaaaaaaaaaaaaaaaaaaaaaaaaaa'),
    ],
    [
      'one that greets for ever',
      (socket) => {
        const more = (): void => {
          if (!socket.destroyed && socket.write(`${'z'.repeat(4000)}\r\n`)) setImmediate(more);
          else socket.once('drain', more);
        };
        more();
      },
    ],
  ])('(%s) fails with one sanitised message', async (_name, respond) => {
    const message = await fails(respond);
    expect(message).toMatch(/^TransportError: /);
    expect(message).not.toMatch(UNSAFE);
  });
});
