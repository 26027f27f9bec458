/** Markup of one language, made by its template tag, which escapes all texts. */
export class Markup<Language extends string> {
  readonly language: Language;
  readonly text: string;

  constructor(language: Language, text: string) {
    this.language = language;
    this.text = text;
  }
}

/** Value in a template: markup is kept, texts are escaped, lists are joined. */
export type Piece<Language extends string> = Markup<Language> | string | number | readonly Piece<Language>[];

export type Tag<Language extends string> = (
  constants: TemplateStringsArray,
  ...pieces: readonly Piece<Language>[]
) => Markup<Language>;

export function tagOf<Language extends string>(language: Language, escape: (text: string) => string): Tag<Language> {
  const textOf = (piece: Piece<Language>): string =>
    piece instanceof Markup ? piece.text : isList(piece) ? piece.map(textOf).join('') : escape(String(piece));
  return (constants, ...pieces) =>
    new Markup(language, constants.map((constant, index) => constant + textOf(pieces[index] ?? '')).join(''));
}

// Array.isArray does not narrow readonly arrays.
const isList = <Language extends string>(piece: Piece<Language>): piece is readonly Piece<Language>[] =>
  Array.isArray(piece);
