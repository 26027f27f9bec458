import { plain } from '../lib/plain.ts';
import { cut } from '../lib/text-width.ts';
import { boxColumns, boxed, wrap } from './box.ts';
import type { BoxLayer, Layers } from './layer.ts';
import { edited } from './text-field.ts';

/** Opens a dialog; resolves with its answer. */
function ask<Answer>(layers: Layers, make: (answer: (value: Answer) => void) => BoxLayer): Promise<Answer> {
  return new Promise((resolve) => {
    const layer = make((value) => {
      layers.remove(layer);
      resolve(value);
    });
    layers.push(layer);
  });
}

/** One-line input of a secret (with `echo`, of a text); undefined when cancelled. The input is not stored. */
export function askSecret(
  layers: Layers,
  question: { readonly title: string; readonly prompt: string; readonly echo?: boolean },
  changed: () => void,
): Promise<string | undefined> {
  let text = '';
  return ask<string | undefined>(layers, (answer) => ({
    kind: 'box',
    draw: (screen, theme) => {
      const room = boxColumns(screen);
      // One mark per character shows that keys arrive.
      const shown = question.echo ? plain(text) : '*'.repeat(Math.min(text.length, room - 1));
      const lines = [
        ...wrap(question.prompt, room),
        theme.paint('accent', shown.slice(-(room - 1))) + theme.paint('selected', ' '),
      ];
      return boxed(lines, { title: question.title, footer: 'enter: OK, esc: cancel', screen }, theme);
    },
    key: (event) => {
      if (event.kind === 'key' && event.name === 'enter') answer(text);
      else if (event.kind === 'key' && event.name === 'esc') answer(undefined);
      else {
        text = edited(text, event) ?? text;
        changed();
      }
    },
    cancel: () => answer(undefined),
  }));
}

/** An answer, and the key that gives it. */
export interface KeyAnswer<Answer> {
  /** One lower-case letter. */
  readonly key: string;
  readonly title: string;
  readonly value: Answer;
}

/** Question with a key for each answer; undefined for n and esc. */
export function askKeys<Answer>(
  layers: Layers,
  question: {
    readonly title: string;
    readonly lines: readonly string[];
    readonly answers: readonly KeyAnswer<Answer>[];
    /** Answer of the leave key. Default: none. */
    readonly leave?: Answer;
  },
): Promise<Answer | undefined> {
  const { answers, leave } = question;
  return ask<Answer | undefined>(layers, (answer) => ({
    kind: 'box',
    draw: (screen, theme) => {
      const lines = question.lines.flatMap((line) => wrap(line, boxColumns(screen)));
      const footer = [...answers.map(({ key, title }) => `${key}: ${title}`), 'n or esc: no'].join(', ');
      return boxed([...lines, ''], { title: question.title, footer, screen }, theme);
    },
    key: (event) => {
      if (event.kind !== 'key') return;
      const given = answers.find(({ key }) => key === event.name.toLowerCase());
      if (given) answer(given.value);
      else if (event.name === 'n' || event.name === 'N' || event.name === 'esc') answer(undefined);
    },
    cancel: () => answer(undefined),
    ...(leave !== undefined && { leave: () => answer(leave) }),
  }));
}

/** Yes or no. Default: no. */
export const askConfirm = async (
  layers: Layers,
  { yes, ...question }: { readonly title: string; readonly lines: readonly string[]; readonly yes: string },
): Promise<boolean> =>
  (await askKeys(layers, { ...question, answers: [{ key: 'y', title: yes, value: true }] })) ?? false;

/** Confirmation by typing a word: protects against a slip. */
export function askTyped(
  layers: Layers,
  question: { readonly title: string; readonly lines: readonly string[]; readonly word: string },
  changed: () => void,
): Promise<boolean> {
  let text = '';
  return ask<boolean>(layers, (answer) => ({
    kind: 'box',
    draw: (screen, theme) => {
      const room = boxColumns(screen);
      const lines = [
        ...question.lines.flatMap((line) => wrap(line, room)),
        '',
        `Type ${theme.paint('title', cut(plain(question.word), room - 12))} to confirm:`,
        theme.paint('accent', plain(text).slice(-(room - 1))) + theme.paint('selected', ' '),
      ];
      return boxed(lines, { title: question.title, footer: 'enter: confirm, esc: cancel', screen }, theme);
    },
    key: (event) => {
      if (event.kind === 'key' && event.name === 'esc') answer(false);
      else if (event.kind === 'key' && event.name === 'enter') {
        if (text.trim() === question.word.trim()) answer(true);
      } else {
        text = edited(text, event) ?? text;
        changed();
      }
    },
    cancel: () => answer(false),
  }));
}

/** Message; enter, esc, space or q closes it. */
export function showMessage(
  layers: Layers,
  message: { readonly title: string; readonly lines: readonly string[] },
): Promise<void> {
  return ask<void>(layers, (answer) => ({
    kind: 'box',
    draw: (screen, theme) => {
      const lines = message.lines.flatMap((line) => wrap(line, boxColumns(screen)));
      return boxed([...lines, ''], { title: message.title, footer: 'esc: close', screen }, theme);
    },
    key: (event) => {
      if (event.kind === 'key' && ['enter', 'esc', 'space', 'q'].includes(event.name)) answer();
    },
    cancel: () => answer(),
  }));
}
