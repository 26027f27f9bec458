import { plain } from '../../lib/plain.ts';
import type { Role } from '../../theme.ts';

/** State of one daemon or database. */
export interface Line {
  readonly label: string;
  readonly parts: readonly { readonly text: string; readonly role: Role }[];
}

export const part = (text: string, role: Role = 'text') => ({ text: plain(text), role });
