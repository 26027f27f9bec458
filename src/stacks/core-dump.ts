import { countOf, fields, json, numberOf, textOf } from '../lib/json.ts';
import { signalName } from '../lib/signals.ts';
import { parseStacks } from './parse-stacks.ts';
import type { ProcessStacks, Stack } from './stack.ts';

/** Core dump of a program, as it was read; its texts are hostile. */
export interface CoreDump {
  readonly signal: number | undefined;
  /** Why the signal came: `address not mapped`, `sent by process 812`. */
  readonly cause: string | undefined;
  /** Address of a fault, in hexadecimal. */
  readonly faultAddress: string | undefined;
  readonly uid: number | undefined;
  /** Command line of the process, of which the kernel keeps 80 bytes. */
  readonly command: string | undefined;
  /** `zstd`, `lz4`, `xz`, `gzip`; undefined for none. */
  readonly packing: string | undefined;
  readonly fileBytes: number | undefined;
  /** Fields of apport's report around it. */
  readonly report: ReadonlyMap<string, string>;
  /** Bytes of memory that were looked for and that the core should have: it is cut off. */
  readonly missingBytes: number;
  /** The thread that crashed first; none did where the signal is none that is fatal, as of gcore(1). */
  readonly stacks: ProcessStacks;
}

/** Whether a fatal signal came to this thread. */
export const isCrashed = ({ state }: Stack): boolean => state === 'crashed';

/** Codes of signals that the kernel sends for faults: sigaction(2). */
const CODES: Readonly<Record<string, string>> = {
  '11 1': 'address not mapped',
  '11 2': 'access not permitted (write to read-only, or code that is not executable)',
  '11 128': 'not a canonical address',
  '7 1': 'address not aligned',
  '7 2': 'no page at the address: file truncated, or its device failed',
  '7 4': 'memory error in hardware',
  '8 1': 'integer division by zero',
  '8 2': 'integer overflow',
  '4 2': 'illegal instruction: CPU without it, or damaged code',
  '5 128': 'breakpoint or trap in the code',
};

/** Core dump by the reply to a request `core`; undefined for any other text. */
export function parseCore(text: string | undefined): CoreDump | undefined {
  const reply = fields(json(text));
  const dump = fields(reply['dump']);
  const stacks = parseStacks(JSON.stringify(reply['stacks']));
  if (stacks === undefined) return undefined;
  const signal = countOf(dump['signal']) || undefined;
  const [code, sender] = [numberOf(dump['code']), countOf(dump['sender'])];
  return {
    signal,
    cause: sender === undefined || sender === 0 ? CODES[`${signal} ${code}`] : `sent by ${sender === stacks.pid ? 'itself (abort, raise)' : `process ${sender}`}`, // prettier-ignore
    faultAddress: textOf(dump['address'])?.slice(0, 16),
    uid: countOf(dump['uid']),
    command: textOf(dump['command']),
    packing: textOf(dump['packing']) || undefined,
    fileBytes: countOf(dump['bytes']),
    report: new Map(Object.entries(fields(dump['report'])).flatMap(([name, value]) => {
      const field = textOf(value);
      return field === undefined ? [] : [[name, field] as const];
    })), // prettier-ignore
    missingBytes: countOf(dump['missing']) ?? 0,
    stacks: { ...stacks, stacks: stacks.stacks.toSorted((a, b) => Number(isCrashed(b)) - Number(isCrashed(a))) },
  };
}

/** `SIGSEGV at 0x8, address not mapped`; undefined where the core has no signal. */
export function signalText({ signal, faultAddress, cause }: CoreDump): string | undefined {
  if (signal === undefined) return undefined;
  const at = faultAddress === undefined ? '' : ` at 0x${faultAddress}`;
  return `${signalName(signal)}${at}${cause === undefined ? '' : `, ${cause}`}`;
}
