import { open } from 'node:fs/promises';
import { bytes } from '../lib/units.ts';
import { plain } from '../lib/plain.ts';
import type { FoldedStacks } from '../stacks/folded.ts';
import { FoldedError, parseFolded } from '../stacks/parse-folded.ts';
import { diffFolded, diffStacks, diffText } from '../stacks/stack-diff.ts';
import type { Command } from './arguments.ts';
import { print } from './print.ts';
import { UsageError } from './usage-error.ts';
import { writeNew } from './write-new.ts';

type DiffCommand = Extract<Command, { kind: 'stacks-diff' }>;

const MAX_BYTES = 64 * 1024 * 1024;

/** Prints what grew and shrank between two files of folded stacks. Rejects with a UsageError where one is of another form. */
export async function printStacksDiff({ before, after, format, out }: DiffCommand): Promise<void> {
  const [old, now] = [await foldedFile(before), await foldedFile(after)];
  const content =
    format === 'folded' ? diffFolded(old, now) : diffText(diffStacks(old, now), plain(before), plain(after));
  if (out === undefined) await print(content);
  else await writeNew(out, content);
}

async function foldedFile(path: string): Promise<FoldedStacks> {
  const text = await textOf(path);
  try {
    return parseFolded(text);
  } catch (error) {
    if (!(error instanceof FoldedError)) throw error;
    throw new UsageError(`${path}: ${error.message}; crashcart stacks HOST PID --format folded --out FILE`);
  }
}

async function textOf(path: string): Promise<string> {
  try {
    await using file = await open(path, 'r');
    const parts: Buffer[] = [];
    let size = 0;
    // A pipe or device has no size.
    for await (const part of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > MAX_BYTES) throw new UsageError(`${path}: over ${bytes(MAX_BYTES)}, the limit of folded stacks`);
      parts.push(part);
    }
    return Buffer.concat(parts).toString('utf8');
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    throw new UsageError(`${path}: ${error.message}`);
  }
}
