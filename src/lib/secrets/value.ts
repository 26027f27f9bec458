export const MASK = '********';

/** Part of a text; `to` is exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Bare value up to a blank; a separator ends it where another field or the end of the text follows. */
const BARE = /(?:\\[^"'\n]|[,;&](?!\s|$|[\w.-]{1,64}[=:])|[)}\]>](?![\s,;'"\0]|$)|<(?!\/)|[^\s\0"'\\,;&)}\]><])+/y;
/** Bare word of a command line: up to a blank or a quote. */
const WORD = /(?:\\[^"'\n]|[^\s\0"'\\])+/y;
const QUOTE = /[ubr]?(\\*)("{3}|'{3}|["'])/iy;

/** Value at an index: the inside of quotes at any depth of escaping, or a bare value; undefined where none begins. */
export function valueAt(text: string, at: number, bare: 'field' | 'word' = 'field'): Span | undefined {
  QUOTE.lastIndex = at;
  const opening = QUOTE.exec(text);
  if (opening) {
    const [whole, escapes = '', quote = ''] = opening;
    const from = at + whole.length;
    return { from, to: quotedEnd(text, from, quote, escapes.length) };
  }
  const pattern = bare === 'field' ? BARE : WORD;
  pattern.lastIndex = at;
  return pattern.test(text) ? { from: at, to: pattern.lastIndex } : undefined;
}

/** Index at which a quoted text ends: at its quote with as many backslashes or fewer, at a line break, or at the end. */
function quotedEnd(text: string, from: number, quote: string, depth: number): number {
  const [mark = ''] = quote;
  let escapes = 0;
  for (let at = from; at < text.length; at++) {
    const letter = text[at];
    if (letter === '\\') {
      escapes++;
      continue;
    }
    if (letter === '\n' && quote.length === 1) return at;
    if (letter === mark && (depth === 0 ? escapes % 2 === 0 : escapes <= depth) && text.startsWith(quote, at))
      return depth === 0 ? at : at - escapes;
    escapes = 0;
  }
  return text.length;
}

/** Values that are none: a state, a variable, a template, a placeholder, a prompt. */
const WORDLESS =
  /^(?:yes|no|on|off|files|compat|sss|true|false|null|nil|none|undefined|unset|required|optional|enabled|disabled|-+|<[^>]*>?|string|\(\w*\)|\*+|\[?(?:redacted|masked|filtered|hidden)\]?|\$\{[^}]*\}?|\$\(.*|\{\{.*|%\w|\[|\{)$/i;
const VARIABLE = /^\$[A-Z][A-Z0-9_]*$/;
/** Path of a file that holds the secret. */
const PATH =
  /^(?:file:\/{0,2}|@)?(?:(?:(?:~|\.{1,2})(?=\/)|\/(?:etc|var|run|root|home|usr|opt|tmp|srv|proc|dev|mnt|data|secrets?|keys?|certs?|vault|config)(?=\/|$))[\w./@{}$-]*|[\w./${}-]+\.(?:pem|key|crt|cer|pub|p12|pfx|jks|json|ya?ml|conf|ini|txt|cfg|gpg|asc|keytab|aes))$/;

/** Whether the form of a value excludes a secret. */
export const isHarmless = (value: string): boolean =>
  value.trim() === '' || WORDLESS.test(value) || VARIABLE.test(value) || PATH.test(value);

/** Whether a text is more than a word of a sentence. */
export const isMixed = (text: string): boolean => /\d/.test(text) || /[a-z][A-Z]/.test(text) || text.length >= 24;
