import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { storySections } from '../../../src/panes/openstack/story.ts';
import { parseLogLines } from '../../../src/sources/openstack/logs.ts';
import { makeTheme } from '../../../src/theme.ts';

const plainTheme = makeTheme({ colour: false, ascii: false });
const line = (level: string, text: string) => `2026-11-30 15:51:14.575 7 ${level} x.y [None req-fc8da8f8-fbb0-40c7-9d8b-75925d9b0882 a b - - default default] ${text}`; // prettier-ignore

/** Headline of a story with these lines of nova-compute. */
function headline(...lines: readonly string[]): string {
  const story = parseLogLines(JSON.stringify({ logs: [{ path: '/var/log/nova/nova-compute.log', lines }], read: 1 }));
  const [summary] = storySections({ story }, {});
  if (summary?.kind !== 'lines') throw new Error('no headline');
  return stripVTControlCharacters(summary.draw(120, 9, plainTheme).join('\n'));
}

test('a story is headed by its first error, not by lines of a healthy cloud', () => {
  const noise = [line('ERROR', 'No DB access allowed in nova-compute: x'), line('WARNING', 'Using RPCClient manually to instantiate client. Please')]; // prettier-ignore
  expect(headline(...noise)).toMatch(/error +none in these lines/);
  expect(headline(...noise)).not.toMatch(/warning/);
  expect(headline(...noise, line('WARNING', 'slow'))).toMatch(/error +none in these lines *\n.*warning .*nova-compute .*: slow/);
  expect(headline(...noise, line('WARNING', 'slow'), line('ERROR', 'boom'))).toMatch(/error .*nova-compute .*: boom/);
}); // prettier-ignore
