import pkg from '../../package.json' with { type: 'json' };
import type { Session } from '../collect/session.ts';
import { notesOfSession } from '../notes/gather.ts';
import { safeNotes } from '../notes/safe-notes.ts';
import { shortNotes } from '../notes/short.ts';

/** Text of `report --short` for a session on the screen, at the time on the screen. */
export const shortReport = (session: Session, fromMs: number, nowMs: number): string =>
  shortNotes(safeNotes(notesOfSession(session, undefined, fromMs, { madeMs: nowMs, crashcart: pkg.version })));
