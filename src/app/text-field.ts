import type { InputEvent } from './key-parser.ts';

/** Text after one keyboard event; undefined for an event that does not edit. */
export function edited(text: string, event: InputEvent): string | undefined {
  if (event.kind === 'paste') return text + event.text.replaceAll(/[\r\n]+$/g, '').replaceAll(/[\r\n\t]+/g, ' ');
  if (event.kind !== 'key') return undefined;
  if (event.text !== '') return text + event.text;
  switch (event.name) {
    case 'backspace':
      return Array.from(text).slice(0, -1).join('');
    case 'ctrl-u':
      return '';
    case 'ctrl-w':
      return text.replace(/\S*\s*$/, '');
    default:
      return undefined;
  }
}
