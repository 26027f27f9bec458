import { setTimeout as sleep } from 'node:timers/promises';
import type { ToolRun } from '../../../src/debugger/session.ts';

/** What is typed to a tool or a shell that runs on a host, and what it prints. */
export interface Talk {
  readonly run: ToolRun;
  readonly said: () => string;
  readonly until: (pattern: RegExp) => Promise<void>;
  /** Types a line and gives what is printed up to a mark that the shell prints afterwards. */
  readonly ask: (line: string) => Promise<string>;
}

export function talkTo(run: ToolRun): Talk {
  let said = '';
  run.attachment.onData((bytes) => (said += Buffer.from(bytes).toString()));
  const until = async (pattern: RegExp) => {
    for (let tries = 0; !pattern.test(said); tries++) {
      if (tries > 1200) throw new Error(`never said ${String(pattern)}: ${said.slice(-800)}`);
      await sleep(50);
    }
  };
  let number = 0;
  const ask = async (line: string) => {
    number++;
    run.attachment.write(`echo "be"gin${number}; ${line}; echo "e"nd${number}\r`);
    await until(new RegExp(`^end${number}\r`, 'm'));
    const plain = said.replaceAll(/\u001B\[[?\d;]*[a-zA-Z]|\r/g, '');
    return new RegExp(`^begin${number}\n([^]*)^end${number}$`, 'm').exec(plain)?.[1] ?? '';
  };
  return { run, said: () => said, until, ask };
}
