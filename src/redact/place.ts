import type { Gate } from './gate.ts';
import type { IdentifierKind } from './pseudonyms.ts';

/**
 * Place where a name stands: behind an option, a key, a noun, in a URL or a path, in a message of a daemon. Its end does not depend on
 * the words behind it, so that a stream can be released word by word.
 */
export interface Place {
  /** Kind of the name, or kinds by the key in the group `key`, in lower case without `_` and `-`. */
  readonly kind: IdentifierKind | ReadonlyMap<string, IdentifierKind>;
  /** Groups `before` and `name`; `key` where the kind depends on it. */
  readonly pattern: RegExp;
  readonly gate: Gate;
}

/** Separator of arguments: blanks, NUL in /proc/PID/cmdline, the next entry of a list. */
export const GAP = String.raw`(?:[\s\0]+|\\?["'],\s*\\?["'])`;
/** Quote, perhaps escaped within another text. */
export const QUOTE = String.raw`\\?["'“]`;
export const NAME = String.raw`(?<name>[A-Za-z0-9_](?:[\w.+-]*[A-Za-z0-9_])?)`;

export const place = (kind: Place['kind'], before: string, name: string, gate: Gate, flags = 'g'): Place => ({
  kind,
  // The picture of NUL stands in texts that were drawn.
  pattern: new RegExp(`(?<before>${before})${name}`.replaceAll(String.raw`\0`, String.raw`\0␀`), flags),
  gate,
});
