import { Markup, tagOf, type Piece } from './markup.ts';

export type Html = Markup<'html'>;
export type HtmlPiece = Piece<'html'>;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Texts in it are no markup, in an element or in an attribute with quotes. Not called `html`: the formatter takes a template of
 * that name for a whole document and rewrites it.
 */
export const htmlOf = tagOf('html', (text) => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? ''));

/** HTML that comes with the program: styles and scripts. */
export const ownHtml = (text: string): Html => new Markup('html', text);

/** JSON within a script element: nothing in it can end the element. */
export const scriptJson = (value: unknown): Html => ownHtml(JSON.stringify(value).replaceAll('<', String.raw`\u003c`));
