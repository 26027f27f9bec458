import { writeFile } from 'node:fs/promises';
import { type Socket, createServer } from 'node:net';
import { join } from 'node:path';
import { plain } from '../../lib/plain.ts';
import type { Prompter } from '../prompter.ts';

const MAX_PROMPT_BYTES = 64 * 1024;

/** Askpass answers the prompts of an ssh(1) without a terminal through our dialogs. */
export interface Askpass {
  /** Environment of ssh: path of the askpass program, never a secret. */
  readonly env: Readonly<Record<string, string>>;
  /** Called when a prompt is cancelled: ssh would continue with an empty answer. */
  readonly onCancel: (listen: () => void) => void;
  readonly close: () => void;
}

interface Question {
  readonly prompt: string;
  /** SSH_ASKPASS_PROMPT: `confirm` is a yes-no prompt, `none` a notice (touch the key). */
  readonly kind: string | undefined;
}

function parseQuestion(text: string): Question | undefined {
  try {
    const { prompt, kind } = JSON.parse(text) as { prompt?: unknown; kind?: unknown };
    return typeof prompt === 'string' ? { prompt, kind: typeof kind === 'string' ? kind : undefined } : undefined;
  } catch {
    return undefined;
  }
}

/** Program for SSH_ASKPASS, which takes no arguments, and the script that carries prompt and answer over a socket. */
const script = (node: string): string =>
  // The single executable runs a script only where CRASHCART_SCRIPT names it (scripts/package/executable-main.cjs).
  `#!/bin/sh\nCRASHCART_SCRIPT="$0.cjs" exec '${node.replaceAll("'", String.raw`'\''`)}' "$0.cjs" "$@"\n`;
const PROGRAM = `const ask = require('node:net').connect(__dirname + '/ask');
let answer = '';
ask.end(JSON.stringify({ prompt: process.argv[2] ?? '', kind: process.env.SSH_ASKPASS_PROMPT }));
ask.setEncoding('utf8').on('data', (text) => (answer += text)).on('error', () => {});
ask.on('close', () => {
  if (answer.startsWith('=')) process.stdout.write(answer.slice(1) + '\\n');
  else process.exitCode = 1;
});
`;

/** Starts an askpass server; program and socket are in `folder`, which only this user may enter. */
export async function startAskpass(
  folder: string,
  prompter: Prompter,
  suspended: <Value>(work: Promise<Value>) => Promise<Value>,
): Promise<Askpass> {
  const program = join(folder, 'askpass');
  await writeFile(program, script(process.execPath), { mode: 0o700 });
  await writeFile(`${program}.cjs`, PROGRAM, { mode: 0o600 });
  const onCancel: (() => void)[] = [];
  let previous = '';
  /** One dialog at a time. */
  let queue: Promise<unknown> = Promise.resolve();

  const answer = async (question: Question): Promise<string | undefined> => {
    if (question.kind === 'none') {
      prompter.notify(plain(question.prompt));
      return '';
    }
    const text = question.prompt.trim();
    if (question.kind === 'confirm' || /\(yes\/no[^)]*\)\??$/.test(text)) {
      const lines = text.split('\n').map((line) => plain(line.trim()));
      const hostKey = text.includes('authenticity of host');
      const yes = await prompter.confirm({
        title: hostKey ? 'Unknown host key' : 'ssh prompt',
        lines: hostKey ? lines.slice(0, -1) : lines,
        yes: hostKey ? 'trust this key' : 'yes',
      });
      return question.kind === 'confirm' ? (yes ? '' : undefined) : yes ? 'yes' : 'no';
    }
    const title = text === previous ? 'Permission denied, try again' : 'ssh prompt';
    previous = text;
    return prompter.secret({ title, prompt: plain(text.replace(/:$/, '')) });
  };

  const serve = async (socket: Socket, question: Question): Promise<void> => {
    const secret = await suspended(answer(question));
    if (secret === undefined) for (const listen of onCancel) listen();
    socket.end(secret === undefined ? '' : `=${secret}`);
  };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.on('data', (part: string) => {
      text += part;
      if (text.length > MAX_PROMPT_BYTES) socket.destroy();
    });
    socket.on('end', () => {
      const question = parseQuestion(text);
      if (question === undefined) socket.destroy();
      else queue = queue.then(() => serve(socket, question)).catch(() => socket.destroy());
    });
  });
  await new Promise<void>((settle, fail) => {
    server.once('error', fail);
    server.listen(join(folder, 'ask'), settle);
  });
  server.unref();
  return {
    // ssh before 8.4 ignores SSH_ASKPASS_REQUIRE and uses askpass when DISPLAY is set and no terminal exists.
    env: { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: process.env['DISPLAY'] || ':0' },
    onCancel: (listen) => onCancel.push(listen),
    close: () => server.close(),
  };
}
