import { padStyled, unstyled } from '../lib/text-width.ts';
import type { Size } from '../ui/table.ts';
import { choose } from './choose.ts';
import { showMessage } from './dialogs.ts';
import type { Frame } from './frame-lines.ts';
import type { Screen } from './screen.ts';

/** Way for viewers: a socket of this user or of its group, or a port of 127.0.0.1 with tickets. */
export type ShareWay = 'user' | 'group' | 'port';

/** Screen that is shared with viewers; src/viewers serves it. */
export interface SharedScreen {
  readonly viewers: () => readonly { readonly number: number }[];
  /** Lines with the commands for viewers. */
  readonly instructions: readonly string[];
  readonly show: (frame: Size & { readonly lines: readonly string[] }) => void;
  readonly end: (why: string) => void;
}

/** Takes a sentence about a viewer that comes, goes or is refused, and the name that it chose, which is for the engineer alone. */
type Announce = (sentence: string, viewerName?: string) => void;

/** Starts to share the screen. Rejects where it cannot listen. */
export type StartSharing = (way: ShareWay, announce: Announce) => Promise<SharedScreen>;

/** Shares the screen after a choice of the way; ends it at once while it is shared. */
export async function toggleSharing(screen: Screen): Promise<void> {
  const { layers, redaction, sharing, startSharing } = screen;
  if (sharing) {
    const count = sharing.shared.viewers().length;
    endSharing(screen, 'ended by the engineer');
    screen.notify(`sharing ended, ${count === 1 ? '1 viewer' : `${count} viewers`} disconnected`);
    return;
  }
  if (!startSharing || screen.sharingStarts) return;
  screen.sharingStarts = true;
  const shared = await startChosen(screen, startSharing).finally(() => (screen.sharingStarts = false));
  if (!shared) return;
  if (screen.stopped) {
    shared.end(QUIT);
    return;
  }
  // The commands, which hold tickets, are for the engineer alone: not for viewers, not for a recording.
  screen.sharing = { shared, isPrivate: true, checked: new Map() };
  await showMessage(layers, { title: 'Shared until the same key', lines: shared.instructions });
  if (screen.sharing?.shared !== shared) return;
  // An open page may hold names.
  layers.clear();
  redaction.set(true);
  // The first one takes the commands off the terminal at any rate; the second one is recorded, whole.
  screen.terminal.redraw();
  screen.sharing.isPrivate = false;
  screen.terminal.redraw();
  screen.changed();
}

async function startChosen(screen: Screen, start: StartSharing): Promise<SharedScreen | undefined> {
  const title = 'Share the screen read-only, names redacted';
  const way = await choose(screen.layers, { title, choices: WAYS, numbered: true }, screen.changed);
  return way === undefined ? undefined : start(way, (sentence, viewerName) => screen.notify(sentence, viewerName));
}

/** Reason of the end with the program. */
export const QUIT = 'the other end quit';

export function endSharing(screen: Screen, why: string): void {
  const { sharing } = screen;
  screen.sharing = undefined;
  sharing?.shared.end(why);
  screen.changed();
}

/** Shows a drawn frame to viewers. Without redaction they see a sentence in its place. */
export function shareFrame(screen: Screen, { head, body, foot, sharedFoot = foot }: Frame, size: Size): void {
  const { sharing, redaction } = screen;
  if (!sharing) return;
  const { columns, rows } = size;
  const reason = sharing.isPrivate
    ? 'The screen is shared in a moment.'
    : redaction.on
      ? undefined
      : 'Redaction is off: the screen is not shared now.';
  if (reason !== undefined) {
    sharing.shared.show({ columns, rows, lines: Array.from({ length: rows }, (_, row) => padStyled(row === 1 ? `  ${reason}` : '', columns)) }); // prettier-ignore
    return;
  }
  // What was checked in the frame before is not checked again; a name may have been learned meanwhile.
  const { version } = redaction.redactor;
  const before = sharing.version === version ? sharing.checked : new Map<string, string>();
  const checked = new Map<string, string>();
  const lines = [...head, ...body, sharedFoot].map((line) => {
    const shown = before.get(line) ?? (redaction.redactor.leftInLine(unstyled(line)).length > 0 ? padStyled('  (line with a name, not shared)', columns) : line); // prettier-ignore
    checked.set(line, shown);
    return shown;
  });
  screen.sharing = { ...sharing, checked, version };
  sharing.shared.show({ columns, rows, lines });
}

/** Sharing of a screen, with the lines that were checked for names. */
export interface Sharing {
  readonly shared: SharedScreen;
  /** The commands for viewers are on the screen. */
  isPrivate: boolean;
  /** Shared line by drawn line. */
  readonly checked: ReadonlyMap<string, string>;
  /** Version of the known names at that time. */
  readonly version?: number;
}

const WAYS = [
  { value: 'user', title: 'socket of this user', about: 'mode 0600 in a private folder: other terminals of yours, ssh of your own account' },
  { value: 'group', title: 'socket of your group', about: 'mode 0660: accounts of this machine with the same primary group' },
  { value: 'port', title: 'port of 127.0.0.1', about: 'with one-time tickets, to forward by ssh -L or ssh -R' },
] as const satisfies readonly { readonly value: ShareWay; readonly title: string; readonly about: string }[]; // prettier-ignore
