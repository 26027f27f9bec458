import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Prompter } from '../host/prompter.ts';
import { plain } from '../lib/plain.ts';

/** Prompter on the terminal, line by line, for runs without a screen. Without a terminal on stdin every prompt is cancelled. */
export function linePrompter(stdin: NodeJS.ReadStream, stderr: NodeJS.WriteStream): Prompter {
  const say = (line: string) => stderr.write(`${plain(line)}\n`);
  const ask = (prompt: string, echo: boolean): Promise<string | undefined> => {
    if (!stdin.isTTY) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      stderr.write(`${plain(prompt)} `);
      const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
      const lines = createInterface({ input: stdin, output: echo ? stderr : silent, terminal: true });
      let answer: string | undefined;
      lines.once('line', (line) => {
        answer = line;
        lines.close();
      });
      lines.once('SIGINT', () => lines.close());
      lines.once('close', () => {
        if (!echo) stderr.write('\n');
        resolve(answer);
      });
    });
  };
  return {
    secret: ({ title, prompt, echo }) => {
      if (title) say(title);
      return ask(prompt, echo ?? false);
    },
    confirm: async ({ title, lines, yes }) => {
      say(title);
      for (const line of lines) say(line);
      return (await ask(`Type "${yes}" to continue:`, true))?.trim().toLowerCase() === yes.toLowerCase();
    },
    notify: say,
  };
}
