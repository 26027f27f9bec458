import { expect, it } from 'vitest';
import { headerLine } from '../../src/app/header.ts';
import type { Status } from '../../src/collect/session.ts';
import { makeTheme } from '../../src/theme.ts';

const theme = makeTheme({ ascii: true, colour: false });
const status: Status = {
  link: { state: 'live' },
  root: { state: 'root' },
  transport: 'openssh · python3',
  hostCpuPct: 1,
  budgetPct: 2,
  wireBytesPerSec: undefined,
  stretched: false,
  hung: [],
  sources: [],
};
const lineOf = (more: Partial<Status>, columns = 120): string =>
  headerLine({ name: 'web' }, { ...status, ...more }, { nowMs: 0, cursorMs: undefined, ageMs: 0 }, columns, theme);

it('header shows a joined ControlMaster where there is room', () => {
  expect(lineOf({ joined: '~/.ssh/cm-web' })).toContain('ControlMaster');
  expect(lineOf({})).not.toContain('ControlMaster');
  expect(lineOf({ joined: '~/.ssh/cm-web' }, 40)).not.toContain('ControlMaster');
});
