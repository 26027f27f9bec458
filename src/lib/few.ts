import { plain } from './plain.ts';

const NAMED = 2;

/** `libc6, libssl3 and 4 more`. */
export function few(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).map(plain).join(', ');
  return names.length > NAMED ? `${shown} and ${names.length - NAMED} more` : shown;
}
