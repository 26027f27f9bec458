import type { IdentifierKind } from './pseudonyms.ts';

/** A name that says whose something is. */
export interface Identifier {
  readonly kind: IdentifierKind;
  readonly value: string;
}

/** Those of one kind; what is not known is none. */
export const named = (kind: IdentifierKind, values: Iterable<string | undefined> | undefined): readonly Identifier[] =>
  [...(values ?? [])].flatMap((value) => (value ? [{ kind, value }] : []));
