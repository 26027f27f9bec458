import { plain } from '../lib/plain.ts';
import { cut } from '../lib/text-width.ts';
import { boxColumns, boxed, wrap } from './box.ts';
import type { BoxLayer, Layers } from './layer.ts';
import { edited } from './text-field.ts';

/** Opens a box that answers once. */
function ask<Answer>(layers: Layers, make: (answer: (value: Answer) => void) => BoxLayer): Promise<Answer> {
  return new Promise((resolve) => {
    const layer = make((value) => {
      layers.remove(layer);
      resolve(value);
    });
    layers.push(layer);
  });
}

/** Something secret (or, with `echo`, not secret) in one line; undefined when given up. What is typed is kept nowhere. */
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
      // One mark a character: people want to see that keys arrive.
      const shown = question.echo ? plain(text) : '*'.repeat(Math.min(text.length, room - 1));
      const lines = [
        ...wrap(question.prompt, room),
        theme.paint('accent', shown.slice(-(room - 1))) + theme.paint('selected', ' '),
      ];
      return boxed(lines, { title: question.title, footer: 'enter: go on, esc: give up', screen }, theme);
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

/** Yes or no; no is what happens by itself. */
export function askConfirm(
  layers: Layers,
  question: { readonly title: string; readonly lines: readonly string[]; readonly yes: string },
): Promise<boolean> {
  return ask<boolean>(layers, (answer) => ({
    kind: 'box',
    draw: (screen, theme) => {
      const lines = question.lines.flatMap((line) => wrap(line, boxColumns(screen)));
      const footer = `y: ${question.yes}, n or esc: no`;
      return boxed([...lines, ''], { title: question.title, footer, screen }, theme);
    },
    key: (event) => {
      if (event.kind !== 'key') return;
      if (event.name === 'y' || event.name === 'Y') answer(true);
      else if (event.name === 'n' || event.name === 'N' || event.name === 'esc') answer(false);
    },
    cancel: () => answer(false),
  }));
}

/** Yes only by typing a word: for what must not happen by a slip of the finger. */
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
        `Type ${theme.paint('title', cut(plain(question.word), room - 12))} to go on:`,
        theme.paint('accent', plain(text).slice(-(room - 1))) + theme.paint('selected', ' '),
      ];
      return boxed(lines, { title: question.title, footer: 'enter: go on, esc: no', screen }, theme);
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

/** Something to read; any of enter, esc, space closes it. */
export function tellMessage(
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
