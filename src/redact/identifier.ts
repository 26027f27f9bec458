import type { IdentifierKind } from './pseudonyms.ts';

/** Name, address or id that identifies a host, its users or its workloads. */
export interface Identifier {
  readonly kind: IdentifierKind;
  readonly value: string;
}

/** Identifiers of one kind; unknown and empty values are left out. */
export const named = (kind: IdentifierKind, values: Iterable<string | undefined> | undefined): readonly Identifier[] =>
  [...(values ?? [])].flatMap((value) => (value ? [{ kind, value }] : []));
