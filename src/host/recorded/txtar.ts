import { isUtf8 } from 'node:buffer';

/**
 * Text archives in Go's txtar format (https://pkg.go.dev/golang.org/x/tools/txtar): comment lines, then for each file a
 * marker line `-- NAME --` and the lines of the file. Go's format holds lines of text only. A word in parentheses after
 * the name holds the rest:
 *
 *     -- proc/loadavg --                     lines of UTF-8, each with its newline; no control characters but tab
 *     -- proc/7/wchan (no newline) --        the same without the newline of the last line
 *     -- proc/7/cmdline (escaped) --         UTF-8 with `\\`, `\0`, `\r`, `\u{1b}`, without the newline of the last line:
 *                                            control and invisible characters, and `\u{2d}- x --` for a line like a marker
 *     -- sys/x (base64) --                   bytes that are not UTF-8
 *     -- "a\nb" --                           a name as a JSON string: line ends, blanks at an end, a word in parentheses
 */
export interface Txtar {
  /** Lines before the first marker, each with its newline. */
  readonly comment: string;
  readonly entries: readonly TxtarEntry[];
}

export interface TxtarEntry {
  readonly name: string;
  /** Line of the marker, from 1. */
  readonly line: number;
  readonly content: string | Buffer;
}

/** A line that no archive can hold. */
export class TxtarError extends Error {
  override readonly name = 'TxtarError';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** A marker line; Go's reader wants no more than `-- ` and ` --` with a name between them. */
const MARKER = /^-- (?=.*\S.* --$)(.+) --$/u;
const FLAG = / \(([a-z0-9 ]+)\)$/;
const JSON_NAME = /^("(?:[^"\\]|\\.)*")(?: \(([a-z0-9 ]+)\))?$/;
/** Also with blanks or a carriage return behind it, which other readers take off. */
const LIKE_MARKER = /^-(?=- .*--\s*$)/gm;
/** Control characters, bidi marks and what has no width: a diff does not show them. Surrogates stand alone here. */
// oxlint-disable-next-line no-control-regex -- what an archive must not hold as it is
const HIDDEN = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/g;
const BASE64_COLUMNS = 76;

/** Throws a TxtarError. */
export function parseTxtar(text: string): Txtar {
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const entries: TxtarEntry[] = [];
  const lines = new Map<string, number>();
  let comment = '';
  let line = 1;
  let open: { readonly name: string; readonly flag: string; readonly line: number } | undefined;
  let from = 0;
  const close = (to: number): void => {
    const body = whole.slice(from, to);
    if (open === undefined) comment = body;
    else entries.push({ name: open.name, line: open.line, content: decoded(body, open.flag, open.line) });
    line += newlines(body);
  };
  for (let at = whole.startsWith('-- ') ? 0 : after(whole.indexOf('\n-- ')); at !== -1;) {
    const end = whole.indexOf('\n', at);
    const head = whole.slice(at, end);
    if (MARKER.test(head) || head.endsWith(' --\r')) {
      close(at);
      open = { ...headOf(head, line), line };
      const first = lines.get(open.name);
      if (first !== undefined) throw new TxtarError(line, `"${open.name}" stands twice, first at line ${first}`);
      lines.set(open.name, line);
      line++;
      from = end + 1;
    }
    at = after(whole.indexOf('\n-- ', end));
  }
  close(whole.length);
  return { comment, entries };
}

const after = (newline: number): number => (newline === -1 ? -1 : newline + 1);

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function headOf(head: string, line: number): { readonly name: string; readonly flag: string } {
  if (head.endsWith('\r')) throw new TxtarError(line, 'line ends with a carriage return (CRLF)');
  const inner = (MARKER.exec(head)?.[1] ?? '').trim();
  if (!inner.startsWith('"')) {
    const flag = FLAG.exec(inner);
    return { name: flag ? inner.slice(0, flag.index) : inner, flag: flag?.[1] ?? '' };
  }
  const [, quoted = '', flag = ''] = JSON_NAME.exec(inner) ?? [];
  try {
    return { name: JSON.parse(quoted) as string, flag };
  } catch {
    throw new TxtarError(line, 'name is not a JSON string');
  }
}

function decoded(body: string, flag: string, line: number): string | Buffer {
  switch (flag) {
    case '':
      return body;
    case 'no newline':
      return body.slice(0, -1);
    case 'escaped':
      return unescaped(body.slice(0, -1), line + 1);
    case 'base64': {
      const packed = body.replaceAll('\n', '');
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(packed) || packed.length % 4 !== 0)
        throw new TxtarError(line + 1, 'not base64');
      return Buffer.from(packed, 'base64');
    }
    default:
      throw new TxtarError(line, `"(${flag})" is not known: no newline, escaped and base64 are`);
  }
}

function unescaped(body: string, line: number): string {
  return body.replaceAll(
    /\\(?:([\\0r])|u\{([\da-f]{1,6})\})?/g,
    (escape, letter?: string, hex?: string, at?: number) => {
      if (letter !== undefined) return letter === '\\' ? '\\' : letter === '0' ? '\0' : '\r';
      const point = Number.parseInt(hex ?? '', 16);
      if (point <= 0x10_ff_ff && !(point >= 0xd8_00 && point <= 0xdf_ff)) return String.fromCodePoint(point);
      throw new TxtarError(line + newlines(body.slice(0, at)), `"${escape}" is not an escape`);
    },
  );
}

/** Text of an entry; bytes that are not UTF-8 become U+FFFD. */
export const textOf = ({ content }: TxtarEntry): string =>
  typeof content === 'string' ? content : content.toString('utf8');

export const bytesOf = ({ content }: TxtarEntry): Buffer =>
  typeof content === 'string' ? Buffer.from(content, 'utf8') : content;

/** Text of an archive. Throws a RangeError for a comment that has a marker line. */
export function formatTxtar(comment: string, files: Iterable<readonly [name: string, bytes: Buffer]>): string {
  const head = comment === '' || comment.endsWith('\n') ? comment : `${comment}\n`;
  if (head.search(LIKE_MARKER) !== -1) throw new RangeError('the comment has a line like a marker');
  const parts = [head];
  for (const [name, bytes] of files) {
    const [flag, body] = encoded(bytes);
    parts.push(`-- ${shownName(name)}${flag && ` (${flag})`} --\n${body}`);
  }
  return parts.join('');
}

function shownName(name: string): string {
  const isPlain =
    name !== '' && name === name.trim() && !/^"|[\n\uD800-\uDFFF]/u.test(name) && !FLAG.test(name) && name.search(HIDDEN) === -1; // prettier-ignore
  return isPlain ? name : escapedHidden(JSON.stringify(name), (hex) => `\\u${hex.padStart(4, '0')}`);
}

const escapedHidden = (text: string, escape: (hex: string) => string): string =>
  text.replaceAll(HIDDEN, (character) => escape(character.charCodeAt(0).toString(16)));

function encoded(bytes: Buffer): readonly [flag: string, body: string] {
  if (!isUtf8(bytes)) {
    const lines = bytes.toString('base64').match(new RegExp(`.{1,${BASE64_COLUMNS}}`, 'g')) ?? [];
    return ['base64', lines.map((line) => `${line}\n`).join('')];
  }
  const text = bytes.toString('utf8');
  if (text.search(HIDDEN) === -1 && text.search(LIKE_MARKER) === -1)
    return text === '' || text.endsWith('\n') ? ['', text] : ['no newline', `${text}\n`];
  const short: Readonly<Record<string, string>> = { '0': '\\0', d: '\\r' };
  const body = escapedHidden(text.replaceAll('\\', '\\\\'), (hex) => short[hex] ?? `\\u{${hex}}`);
  return ['escaped', `${body.replaceAll(LIKE_MARKER, '\\u{2d}')}\n`];
}
