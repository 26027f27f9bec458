import { applied, edited, type Edit, type Pass } from './edits.ts';
import { argumentEdits, argumentHint } from './secrets/arguments.ts';
import { FORM_HINTS, formEdits } from './secrets/forms.ts';
import { jsonEdits } from './secrets/json.ts';
import { NAME_HINT, namedEdits } from './secrets/names.ts';
import { PHRASE_HINT, phrasePasses } from './secrets/phrases.ts';

/**
 * Mask of secrets, in force with and without redaction: passwords, tokens and keys in command lines, connection strings, settings and
 * logs. A false positive is better than a missed secret.
 */
const GROUPS: readonly { readonly hints: readonly RegExp[]; readonly passes: readonly Pass[] }[] = [
  { hints: [PHRASE_HINT], passes: phrasePasses },
  { hints: [NAME_HINT], passes: [namedEdits] },
  { hints: FORM_HINTS, passes: [formEdits] },
];

export const secretPasses: readonly Pass[] = [...GROUPS.flatMap(({ passes }) => passes), argumentEdits];

/** Passes that may find something: most texts have none of the hints. */
const passesFor = (text: string): readonly Pass[] => [
  ...GROUPS.flatMap(({ hints, passes }) => (hints.some((hint) => hint.test(text)) ? passes : [])),
  argumentEdits,
];

/** Index of a possible secret or its name; undefined without one. */
export function suspicionIn(text: string): number | undefined {
  const found = GROUPS.flatMap(({ hints }) => hints.map((hint) => text.search(hint))).filter((at) => at >= 0);
  const first = Math.min(...found, argumentHint(text) ?? Infinity);
  return first === Infinity ? undefined : first;
}

const JSON_BEGINS = /^\s*(?:\{\s*["}]|\[\s*["{[\]])/;
const JSON_TEXT = /"(?:\\.|[^"\\])*"/g;

/** Text with secrets masked; the same text without any. JSON stays valid. */
export function maskSecrets(text: string): string {
  if (!JSON_BEGINS.test(text)) return masked(text);
  if (isJson(text))
    return applied(text, jsonEdits(text)).replace(JSON_TEXT, (quoted) => `"${masked(quoted.slice(1, -1))}"`);
  // One object per line, as daemons log; lines between are text.
  const lines = text.split('\n');
  return lines.length === 1 ? masked(text) : lines.map((line) => maskSecrets(line)).join('\n');
}

/** Passes of `maskSecrets` for a text other than JSON. */
export const secretEdits = (text: string): readonly Edit[] => edited(text, passesFor(text));

function masked(text: string): string {
  let out = text;
  for (const pass of passesFor(text)) out = applied(out, pass(out));
  return out;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
