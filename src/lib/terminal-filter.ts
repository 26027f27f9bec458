import { HIDDEN } from './plain.ts';

/** Cursor saved and restored, index, next line, reverse index; the line drawing set and the way back from it. */
const ESCAPES: ReadonlySet<string> = new Set(['7', '8', 'D', 'E', 'M', '(0', '(A', '(B', ')0', ')A', ')B']);
/** Cursor moves, erasing, insertion, deletion, scrolling, tabs, SGR; no report, window operation or print order. */
const FINALS = '@ABCDEFGHIJKLMPSTXZ`abdefgmrsu';
/** Length limit of parameters; a number of six digits repeats a character a million times. */
const PARAMETERS = /^(?!.*\d{6})[\d;:]{0,64}$/;
/** DECOM, DECAWM, DECTCEM, the alternate screen, synchronised output: nothing that has a terminal send input. */
const PRIVATE_MODES: ReadonlySet<string> = new Set(['6', '7', '25', '47', '1047', '1048', '1049', '2026']);
/** RIS resets a terminal; its visible effect is an empty screen. */
const CLEARED = '\u001B[0m\u001B[H\u001B[2J';

const MOVES = /[\b\t\n\v\f\r\u000E\u000F]/;
const CANCELS = /[\u0018\u001A]/;
/** OSC, DCS, SOS, PM, APC: the payload ends at ST. */
const STRINGS_8BIT = /[\u0090\u0098\u009D-\u009F]/;
const STRINGS_7BIT = /[\]PX^_]/;
const HARMLESS = /^[\u0020-\u007E\b\t\n\r]*$/;
/** Length limit of sequences; a longer one is dropped up to its end. */
const MAX_SEQUENCE = 80;

type State = 'text' | 'escape' | 'csi' | 'csi of C1' | 'string' | 'escape in string';

/**
 * Filter of terminal output for playback on another terminal: text, SGR and cursor moves stay; OSC (titles, links, clipboard), DCS, APC,
 * PM, SOS, C1, reports, mouse and paste modes, bidi and other hidden characters are dropped. ECMA-48, xterm's ctlseqs. A stream, so
 * that a sequence in two pieces is found.
 */
export class TerminalFilter {
  #state: State = 'text';
  /** Part of an incomplete sequence behind its introducer. */
  #sequence = '';
  /** The first half of a surrogate pair. */
  #half = '';

  push(data: string): string {
    if (this.#state === 'text' && this.#half === '' && HARMLESS.test(data)) return data;
    const whole = this.#half + data;
    const isCut = /[\uD800-\uDBFF]$/.test(whole);
    this.#half = isCut ? whole.slice(-1) : '';
    let out = '';
    for (const character of isCut ? whole.slice(0, -1) : whole) out += this.#take(character);
    return out;
  }

  #take(character: string): string {
    if (CANCELS.test(character)) return this.#go('text');
    if (this.#state === 'string') return this.#inString(character);
    if (this.#state === 'escape in string') {
      if (character === '\\') return this.#go('text');
      this.#go('escape');
    }
    if (character === '\u001B') return this.#go('escape');
    if (character === '\u009B') return this.#go('csi of C1');
    if (STRINGS_8BIT.test(character)) return this.#go('string');
    // Terminals carry out controls within a sequence.
    if (MOVES.test(character)) return character;
    if (HIDDEN.test(character)) return /\p{Cs}/u.test(character) ? '\uFFFD' : '';
    if (this.#state === 'text' || character > '~') {
      this.#go('text');
      return character;
    }
    return this.#state === 'escape' ? this.#inEscape(character) : this.#inCsi(character);
  }

  #go(state: State): '' {
    this.#state = state;
    this.#sequence = '';
    return '';
  }

  #inString(character: string): '' {
    if (character === '\u001B') return this.#go('escape in string');
    return character === '\u0007' || character === '\u009C' ? this.#go('text') : '';
  }

  #inEscape(character: string): string {
    if (character < '0') return this.#more(character);
    if (this.#sequence === '' && character === '[') return this.#go('csi');
    if (this.#sequence === '' && STRINGS_7BIT.test(character)) return this.#go('string');
    const sequence = this.#sequence + character;
    this.#go('text');
    return sequence === 'c' ? CLEARED : ESCAPES.has(sequence) ? `\u001B${sequence}` : '';
  }

  #inCsi(character: string): string {
    if (character < '@') return this.#more(character);
    const [parameters, state] = [this.#sequence, this.#state];
    this.#go('text');
    return state === 'csi' ? keptCsi(parameters, character) : '';
  }

  #more(character: string): '' {
    if (this.#sequence.length < MAX_SEQUENCE) this.#sequence += character;
    return '';
  }
}

function keptCsi(parameters: string, final: string): string {
  if (final === 'h' || final === 'l') {
    if (parameters === '4') return `\u001B[4${final}`;
    const modes =
      /^\?([\d;]*)$/
        .exec(parameters)?.[1]
        ?.split(';')
        .filter((mode) => PRIVATE_MODES.has(mode)) ?? [];
    return modes.length === 0 ? '' : `\u001B[?${modes.join(';')}${final}`;
  }
  // Repetition of a character, for lines of a table; more of it takes the player's time.
  if (final === 'b' && !/^\d{0,3}$/.test(parameters)) return '';
  // With five parameters it asks for the mouse.
  if (final === 'T' && parameters.includes(';')) return '';
  return FINALS.includes(final) && PARAMETERS.test(parameters) ? `\u001B[${parameters}${final}` : '';
}
