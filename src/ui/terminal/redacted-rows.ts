import { applied, type Edit } from '../../lib/edits.ts';
import { cutStyled, padStyled, textWidth, unstyled } from '../../lib/text-width.ts';
import { united, type Redaction } from '../../redact/stream-redactor.ts';

const KEY_BEGINS = /-----BEGIN [A-Z ]*PRIVATE KEY-----(?!.*-----END)/;
const KEY_BODY = /^[\w+/=:,. -]*$/;
const KEY_ENDS = /-----END [A-Z ]*PRIVATE KEY-----/;
const MASK = '********';

/**
 * Drawn rows of a terminal without secrets (and identifiers), of the same width. Finds texts that continue in the next
 * row, and texts with colours between their letters.
 */
export function redactedRows(lines: readonly string[], redaction: Redaction): readonly string[] {
  const bare = lines.map(unstyled);
  const edits = bare.map((row): readonly Edit[] => redaction.edits(row));
  for (let first = 0; first < bare.length; first++) {
    let last = first;
    // A full row may continue in the next one.
    while (last + 1 < bare.length && /\S$/.test(bare[last] ?? '')) last++;
    if (last > first)
      acrossRows(bare.slice(first, last + 1), redaction).forEach((more, i) => {
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

/** Edits of rows joined to one text, split at the edges of the rows. */
function acrossRows(rows: readonly string[], redaction: Redaction): readonly (readonly Edit[])[] {
  const edits = redaction.edits(rows.join(''));
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

/** Styled line with edits of its bare text applied; styles keep their positions. */
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
