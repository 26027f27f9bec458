import type { Edit } from '../edits.ts';
import { Command, programIn } from './arguments.ts';
import { isSecretName } from './names.ts';
import { isBasic } from './phrases.ts';
import { isHarmless, MASK } from './value.ts';

const TOKEN = /"(?:\\.|[^"\\])*"|-?\d[\d.eE+-]*|[[\]{}:,]/g;
const HEADER = /^(?:proxy-)?authorization$|^(?:set-)?cookie$/i;
const NAME_FIELD = /^(?:name|key)$/i;

/** Secrets of a valid JSON text by the names of its fields, and among lists of arguments; edits keep it valid. */
export function jsonEdits(text: string): readonly Edit[] {
  const edits: Edit[] = [];
  let key: string | undefined;
  /** Name in a pair of `name` and `value`. */
  let named: string | undefined;
  /** Key of a list. */
  let listKey: string | undefined;
  let last = '';
  let command: Command | undefined;
  let option: string | undefined;
  const mask = (from: number, to: number): void => {
    if (to > from && from >= (edits.at(-1)?.to ?? 0)) edits.push({ from, to, text: MASK });
  };
  const endCommand = (): void => {
    const secret = command?.end();
    if (secret) mask(secret.from, secret.to);
    command = undefined;
  };
  for (const found of text.matchAll(TOKEN)) {
    const [token] = found;
    const from = found.index + 1;
    const to = found.index + token.length - 1;
    const content = token.slice(1, -1);
    const isText = token.startsWith('"');
    if (isText && isKeyAt(text, to + 1)) key = content;
    else if (isText && key !== undefined) {
      if (isSecretField(key, content) || (named !== undefined && /^value$/i.test(key) && !isHarmless(content)))
        mask(from, to);
      if (NAME_FIELD.test(key)) named = isSecretName(content) ? content : undefined;
      key = undefined;
    } else if (isText) {
      if (isSecretField(listKey ?? '', content) || isSecretField(option ?? '', content)) mask(from, to);
      const rules = programIn(content);
      if (rules) {
        endCommand();
        command = new Command(rules);
      } else {
        const secret = command?.take({ from, to, text: content });
        if (secret) mask(secret.from, secret.to);
      }
      option = /^--?[\w.-]+$/.test(content) ? content : undefined;
    } else if (/\d/.test(token)) {
      if (key !== undefined && isSecretName(key) && /pass/i.test(key) && token.length > 3)
        edits.push({ from: found.index, to: to + 1, text: `"${MASK}"` });
      key = undefined;
    } else if (token !== ':' && token !== ',') {
      endCommand();
      listKey = token === '[' ? key : undefined;
      key = named = option = undefined;
    }
    last = token;
  }
  if (last !== '') endCommand();
  return edits;
}

const CEPH_KEY = /^[A-Za-z0-9+/]{30,}={0,2}$/;

/** Whether a field's text is a secret by its name, or by name and form. */
const isSecretField = (name: string, text: string): boolean =>
  (isSecretName(name) && !isHarmless(text)) ||
  HEADER.test(name) ||
  (name === 'key' && CEPH_KEY.test(text)) ||
  (name === 'auth' && isBasic(text));

function isKeyAt(text: string, at: number): boolean {
  let next = at;
  while (/\s/.test(text.charAt(next)) && next < text.length) next++;
  return text[next] === ':';
}
