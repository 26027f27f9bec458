import { plain } from '../lib/plain.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { signalName } from '../lib/signals.ts';
import { isCrashed, type CoreDump } from './core-dump.ts';
import type { StackFrame } from './stack.ts';

const safe = (text: string | undefined): string | null => (text === undefined ? null : maskSecrets(plain(text)));

const frameOf = ({ name, module, address, buildId, file, line, guessed, inlined }: StackFrame) => ({
  function: safe(name),
  module: safe(module),
  address: address === undefined ? null : `0x${address.toString(16)}`,
  buildId: buildId ?? null,
  file: safe(file),
  line: line ?? null,
  ...(guessed ? { guessed } : {}),
  ...(inlined ? { inlined } : {}),
});

/** Core dump as JSON: facts in the fields of core(5), threads with frames innermost first, the one that crashed first. */
export const coreJson = (core: CoreDump): string =>
  JSON.stringify(
    {
      name: safe(core.stacks.name),
      pid: core.stacks.pid,
      uid: core.uid ?? null,
      command: safe(core.command),
      signal: core.signal === undefined ? null : signalName(core.signal),
      cause: core.cause ?? null,
      faultAddress: core.faultAddress === undefined ? null : `0x${core.faultAddress}`,
      compression: core.packing ?? null,
      fileBytes: core.fileBytes ?? null,
      missingBytes: core.missingBytes,
      report: Object.fromEntries([...core.report].map(([name, value]) => [name, safe(value)])),
      notes: core.stacks.notes.map(safe),
      threads: core.stacks.stacks.map((stack) => ({
        tid: stack.tid ?? null,
        crashed: isCrashed(stack),
        frames: stack.frames.map(frameOf),
        incomplete: safe(stack.cut),
      })),
    },
    undefined,
    2,
  );
