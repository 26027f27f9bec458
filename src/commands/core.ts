import { resolve } from 'node:path';
import { DaemonError } from '../host/protocols/protocol.ts';
import { stacks } from '../host/protocols/stacks/stacks.ts';
import { localTransport } from '../host/local-transport.ts';
import { shellCommand } from '../lib/shell-quote.ts';
import { parseCore, type CoreDump } from '../stacks/core-dump.ts';
import { coreJson } from '../stacks/core-json.ts';
import { coreText } from '../stacks/core-text.ts';
import type { Command } from './arguments.ts';
import { print, warn } from './print.ts';
import { writeNew } from './write-new.ts';

type CoreCommand = Extract<Command, { kind: 'core' }>;

const NOTHING_SHOWN = 1;
const TIMEOUT_MS = 60_000;

/** Prints the stacks of a core dump, or of apport's report, in a file of this machine. Resolves with the exit code. */
export async function printCore({ file, format, out }: CoreCommand): Promise<number> {
  const read = await readCore(resolve(file));
  if (typeof read === 'string') {
    warn(read);
    return NOTHING_SHOWN;
  }
  const content = format === 'json' ? `${coreJson(read)}\n` : coreText(read);
  if (out === undefined) await print(content);
  else await writeNew(out, content);
  return 0;
}

/** Core dump at an absolute path; else why it is not read. */
async function readCore(path: string): Promise<CoreDump | string> {
  const transport = localTransport();
  const argv = stacks.argv?.('') ?? [];
  const connection = stacks.connect(() => transport.exec(shellCommand(argv)), 'this machine');
  try {
    return parseCore(await connection.request(`core ${path}`, TIMEOUT_MS)) ?? `${path}: no threads in it`;
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    return `core ${path}: ${error.message}`;
  } finally {
    connection.close();
    await transport.close();
  }
}
