import { currentRedact, label } from '../lib/plain.ts';

const SGR = /(\u001B\[[0-9;]*m)/;
/** A control character that is not the start of an SGR sequence. */
const CONTROL = /[\u0000-\u001A\u001C-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]|\u001B(?!\[[0-9;]*m)/;

/** Sanitises and redacts a drawn line, keeping SGR: second line of defence after `plain` in the panes. */
export function sanitizeLine(line: string): string {
  if (!CONTROL.test(line) && !currentRedact()) return line;
  return line
    .split(SGR)
    .map((part, i) => (i % 2 === 1 ? part : label(part)))
    .join('');
}
