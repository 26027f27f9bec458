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

/** HTML template tag, which escapes texts for elements and quoted attributes. The formatter rewrites templates named `html`. */
export const htmlOf = tagOf('html', (text) => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? ''));

/** HTML of the program itself: styles and scripts. */
export const ownHtml = (text: string): Html => new Markup('html', text);

/** JSON within a script element, which no text of it can close. */
export const scriptJson = (value: unknown): Html => ownHtml(JSON.stringify(value).replaceAll('<', String.raw`\u003c`));
