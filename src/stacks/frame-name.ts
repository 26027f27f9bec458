import type { StackFrame } from './stack.ts';

/** Longest name of a frame; hostile debug information has megabytes. */
const MAX_NAME = 240;

const short = (text: string): string => (text.length > MAX_NAME ? `${text.slice(0, MAX_NAME - 1)}…` : text);

/** Name of a frame without a symbol: object and address, as addr2line takes them. */
const unnamed = ({ module, address }: StackFrame): string =>
  `[${module ?? 'unknown'}${address === undefined ? '' : `+0x${address.toString(16)}`}]`;

/** Name of a frame as displayed, not sanitised. Modules of Python and Java belong to the name. */
export const frameName = (frame: StackFrame): string => short(frame.name ?? unnamed(frame));

/** Place in the source, `db.py:112`; of a native frame without one its object. */
export function framePlace({ kind, module, file, line }: StackFrame): string | undefined {
  if (file === undefined) return kind === 'native' || kind === 'kernel' ? module : undefined;
  const base = short(file.slice(file.lastIndexOf('/') + 1));
  return line === undefined ? base : `${base}:${line}`;
}

/** Identity of a function: equal for calls from different lines. */
export const functionKey = (frame: StackFrame): string =>
  `${frame.kind}\u0000${frameName(frame)}\u0000${frame.module ?? ''}\u0000${frame.file ?? ''}`;

/** Identity of a frame: its function and its line. */
export const frameKey = (frame: StackFrame): string => `${functionKey(frame)}\u0000${frame.line ?? ''}`;
