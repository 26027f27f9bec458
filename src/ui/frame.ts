import { label } from '../lib/plain.ts';
import { cut, cutStyled, padStyled, textWidth } from '../lib/text-width.ts';
import type { Role, Theme } from '../theme.ts';

/** Words around a box are fixed ones: names in them went through `plain` where the text was made. */
export interface FrameOptions {
  readonly title: string;
  /** Right end of the title line. */
  readonly note?: string | undefined;
  /** Default: dim. */
  readonly noteRole?: Role | undefined;
  /** Right end of the bottom line. */
  readonly footer?: string | undefined;
  /** Focus of the keys, marked by shape as well as by colour. */
  readonly focused?: boolean | undefined;
  readonly columns: number;
  readonly rows: number;
}

/** Lines in a frame of exactly `columns` by `rows`, cut or padded. */
export function frame(lines: readonly string[], options: FrameOptions, theme: Theme): string[] {
  const { columns, rows } = options;
  const inner = columns - 2;
  if (inner < 1 || rows < 2) return Array.from({ length: Math.max(0, rows) }, () => ' '.repeat(Math.max(0, columns)));
  const { box } = theme.glyphs;
  const edge = options.focused ? 'accent' : 'dim';
  const side = theme.paint(edge, box.down);
  const out = [topLine(options, theme)];
  for (let i = 0; i < rows - 2; i++) out.push(side + padStyled(cutStyled(lines[i] ?? '', inner), inner) + side);
  const footer = options.footer ? cut(` ${label(options.footer)} `, inner - 1, theme.glyphs.ellipsis) : '';
  const rule = box.across.repeat(inner - textWidth(footer) - (footer ? 1 : 0));
  out.push(
    theme.paint(edge, box.bottomLeft + rule) +
      theme.paint('key', footer) +
      theme.paint(edge, (footer ? box.across : '') + box.bottomRight),
  );
  return out;
}

function topLine(options: FrameOptions, theme: Theme): string {
  const { box, ellipsis, pointer } = theme.glyphs;
  const inner = options.columns - 2;
  const edge = options.focused ? 'accent' : 'dim';
  const title = cut(` ${label(options.title)} `, inner, ellipsis);
  const room = inner - textWidth(title) - 2;
  const note = options.note && room >= 6 ? cut(` ${label(options.note)} `, room, ellipsis) : '';
  const rule = box.across.repeat(inner - textWidth(title) - textWidth(note) - (note ? 1 : 0));
  return (
    theme.paint(edge, box.topLeft) +
    theme.paint(options.focused ? 'title' : 'label', options.focused ? title.replace(' ', pointer) : title) +
    theme.paint(edge, rule) +
    theme.paint(options.noteRole ?? 'dim', note) +
    theme.paint(edge, (note ? box.across : '') + box.topRight)
  );
}
