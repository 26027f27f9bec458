import { onsetOrConnect } from '../collect/may-be-older.ts';
import { plain } from '../lib/plain.ts';
import { cut } from '../lib/text-width.ts';
import { objectOf } from './finding-lines.ts';
import type { IncidentRow } from './incident-table.ts';
import type { Screen } from './screen.ts';

/** Signs outside of the screen that the terminal takes. */
export interface AlertChannels {
  readonly bell: boolean;
  /** Sequence of a notification: OSC 9 (iTerm2, Windows Terminal, kitty), OSC 777 (urxvt, VTE, foot); undefined for none. */
  readonly notify: 'osc9' | 'osc777' | undefined;
  readonly title: boolean;
  /** Runs in tmux, which passes a notification in its wrapper on where its option allow-passthrough is on. */
  readonly tmux: boolean;
}

/** Least interval of bells and notifications. */
const SPACING_MS = 10_000;
const TITLE_COLUMNS = 80;
const NOTIFICATION_COLUMNS = 160;

const BEL = '\u0007';
const ST = '\u001B\\';
/** Stack of window titles (xterm's ctlseqs, XTWINOPS 22 and 23); a terminal without one is left with an empty title. */
const PUSH_TITLE = '\u001B[22;2t';
const POP_TITLE = `\u001B]2;${ST}\u001B[23;2t`;

/** Bell, notification and window title of new critical incidents, off while presenting. */
export class Alerts {
  readonly #channels: AlertChannels;
  readonly #write: (text: string) => void;
  /** Redaction of a text that leaves the screen. */
  readonly #exported: (text: string) => string;
  /** Keys of the findings in critical incidents. */
  #known: ReadonlySet<string> = new Set();
  #pending: readonly string[] = [];
  #lastMs = -Infinity;
  #title: string | undefined;

  constructor(channels: AlertChannels, write: (text: string) => void, exported: (text: string) => string) {
    this.#channels = channels;
    this.#write = write;
    this.#exported = exported;
  }

  /** Compares the incidents with those before; one bell and one notification for all that are new, in any 10 s. */
  update({ watch, presenting, clock }: Screen): void {
    if (!watch) return;
    const { session } = watch;
    // The past does not alert.
    if (session.live && session.timeline.cursorMs !== undefined) return;
    const rows = watch.criticals();
    if (presenting) this.#showTitle('crashcart');
    else this.#showTitle(`crashcart: ${rows.length} crit · ${this.#exported(watch.facts().name)}`);
    const startMs = session.timeline.startMs ?? clock();
    const isNew = ({ root }: IncidentRow) => !this.#known.has(root.key) && onsetOrConnect(root, startMs).atMs > startMs;
    const fresh = session.live && !presenting ? rows.filter(isNew) : [];
    this.#known = new Set(
      rows.flatMap(({ root, victims }) => [root.key, ...victims.map(({ finding }) => finding.key)]),
    );
    this.#pending = presenting
      ? []
      : [...this.#pending, ...fresh.map(({ root }) => `${objectOf(root)}: ${root.sentence}`)];
    this.#send(clock());
  }

  /** Restores the title of the window. */
  restore(): void {
    if (this.#title !== undefined) this.#write(POP_TITLE);
    this.#title = undefined;
  }

  #send(nowMs: number): void {
    const [first, ...more] = this.#pending;
    if (first === undefined || nowMs - this.#lastMs < SPACING_MS) return;
    this.#lastMs = nowMs;
    this.#pending = [];
    const { bell, notify, tmux } = this.#channels;
    if (bell) this.#write(BEL);
    if (notify === undefined) return;
    const text = shown(
      this.#exported(`${first}${more.length > 0 ? ` (+${more.length} crit)` : ''}`),
      NOTIFICATION_COLUMNS,
    );
    // A semicolon ends a field.
    const fields = notify === 'osc9' ? `9;crashcart: ${text}` : `777;notify;crashcart;${text.replaceAll(';', ',')}`;
    const sequence = `\u001B]${fields}${BEL}`;
    this.#write(tmux ? `\u001BPtmux;${sequence.replaceAll('\u001B', '\u001B\u001B')}${ST}` : sequence);
  }

  #showTitle(words: string): void {
    const title = shown(words, TITLE_COLUMNS);
    if (!this.#channels.title || title === this.#title) return;
    this.#write(`${this.#title === undefined ? PUSH_TITLE : ''}\u001B]2;${title}${ST}`);
    this.#title = title;
  }
}

/** Text without control characters, of limited width. */
const shown = (text: string, columns: number): string => cut(plain(text), columns);
