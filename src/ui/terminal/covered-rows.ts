import { applied, type Edit } from '../../lib/edits.ts';
import { cutStyled, padStyled, textWidth, unstyled } from '../../lib/text-width.ts';
import { united, type Redaction as Covering } from '../../redact/stream-redactor.ts';

const KEY_BEGINS = /-----BEGIN [A-Z ]*PRIVATE KEY-----(?!.*-----END)/;
const KEY_BODY = /^[\w+/=:,. -]*$/;
const KEY_ENDS = /-----END [A-Z ]*PRIVATE KEY-----/;
const MASK = '********';

/**
 * Drawn rows of a terminal without secrets (and identifiers), as wide as they were: also what goes on in the next row, and
 * what has colours between its letters.
 */
export function coveredRows(lines: readonly string[], covering: Covering): readonly string[] {
  const bare = lines.map(unstyled);
  const edits = bare.map((row): readonly Edit[] => covering.edits(row));
  for (let first = 0; first < bare.length; first++) {
    let last = first;
    // A row that is full may go on in the next one.
    while (last + 1 < bare.length && /\S$/.test(bare[last] ?? '')) last++;
    if (last > first)
      overEdges(bare.slice(first, last + 1), covering).forEach((more, i) => {
        edits[first + i] = united([...(edits[first + i] ?? []), ...more]);
      });
    first = last;
  }
  let inKey = false;
  return lines.map((line, row) => {
    const text = bare[row] ?? '';
    const isBody = inKey && text.trim() !== '' && KEY_BODY.test(text.trimEnd());
    inKey = (isBody && !KEY_ENDS.test(text)) || KEY_BEGINS.test(text);
    const own = isBody ? [{ from: 0, to: text.trimEnd().length, text: MASK }] : (edits[row] ?? []);
    if (own.length === 0 || applied(text, own) === text) return line;
    const columns = textWidth(line);
    return padStyled(cutStyled(styledWith(line, own), columns), columns);
  });
}

/** Rows read on as one text: of what lies over an edge each row has its part. */
function overEdges(rows: readonly string[], covering: Covering): readonly (readonly Edit[])[] {
  const edits = covering.edits(rows.join(''));
  let from = 0;
  return rows.map((row) => {
    const begin = from;
    const end = (from += row.length);
    return edits.flatMap((edit) => {
      if (edit.from >= end || edit.to <= begin) return [];
      const text = edit.from >= begin ? edit.text : '';
      return [{ from: Math.max(0, edit.from - begin), to: Math.min(row.length, edit.to - begin), text }];
    });
  });
}

/** Edits of the bare text made in the styled line; styles stay where they were. */
function styledWith(line: string, edits: readonly Edit[]): string {
  let out = '';
  let at = 0;
  let next = 0;
  for (const part of line.split(/(\u001B\[[0-9;]*m)/)) {
    if (part.startsWith('\u001B[')) {
      out += part;
      continue;
    }
    for (const letter of part.split('')) {
      const edit = edits[next];
      if (edit && at === edit.from) out += edit.text;
      if (!edit || at < edit.from || at >= edit.to) out += letter;
      at++;
      if (edit && at >= edit.to) next++;
    }
  }
  return out;
}
