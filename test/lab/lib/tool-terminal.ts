import { setTimeout as sleep } from 'node:timers/promises';
import type { ToolRun } from '../../../src/debugger/session.ts';

/** Terminal of a tool or a shell on a host. */
export interface ToolTerminal {
  readonly run: ToolRun;
  /** All output so far. */
  readonly output: () => string;
  /** Waits for a pattern in the output, for a minute. */
  readonly until: (pattern: RegExp) => Promise<void>;
  /** Runs a shell command and returns its output. */
  readonly ask: (line: string) => Promise<string>;
}

export function toolTerminal(run: ToolRun): ToolTerminal {
  let output = '';
  run.attachment.onData((bytes) => (output += Buffer.from(bytes).toString()));
  const until = async (pattern: RegExp) => {
    for (let tries = 0; !pattern.test(output); tries++) {
      if (tries > 1200) throw new Error(`no ${String(pattern)} in the output: ${output.slice(-800)}`);
      await sleep(50);
    }
  };
  let number = 0;
  const ask = async (line: string) => {
    number++;
    run.attachment.write(`echo "be"gin${number}; ${line}; echo "e"nd${number}\r`);
    await until(new RegExp(`^end${number}\r`, 'm'));
    const plain = output.replaceAll(/\u001B\[[?\d;]*[a-zA-Z]|\r/g, '');
    return new RegExp(`^begin${number}\n([^]*)^end${number}$`, 'm').exec(plain)?.[1] ?? '';
  };
  return { run, output: () => output, until, ask };
}
