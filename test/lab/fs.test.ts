import { join } from 'node:path';
import { afterAll, beforeAll, it, vi } from 'vitest';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab, labDir } from './lib/lab.ts';
import { namesFaults, type NamedFault } from './lib/named-faults.ts';

/** Faults of real filesystems on loop devices and of a FUSE mount, named on the Overview over SSH. */
let screen: Console;

vi.setConfig({ testTimeout: 120_000 });
/** From the fault to the line on the screen; an idle machine needs less than 10 s, the trend of a filling one a minute. */
const NAMED_MS = 90_000;

beforeAll(async () => {
  await lab('sshd', 'up');
  await lab('fs', 'up');
  screen = new Console(['--budget', '60', '-F', join(labDir, 'sshd/ssh_config'), 'support@main'], {
    columns: 200,
    rows: 60,
  });
  await screen.until('LIVE', 60_000);
}, 180_000);
afterAll(async () => {
  await screen[Symbol.asyncDispose]();
  await lab('fs', 'repair');
  if (broughtUpHere('fs')) await lab('fs', 'down');
  if (broughtUpHere('sshd')) await lab('sshd', 'down');
});

const FAULTS: readonly NamedFault[] = [
  ['inodes', /no inode left of 640 \(ENOSPC\)/],
  ['full', /xfs full \(ENOSPC\)|100% used, /],
  ['fs-error', /loop\d+ +.*(?:1 ext4 error, last \d+ s ago|EXT4 error)/],
  ['read-only', /ext4 read-only after an error/],
  ['hang', /fuse\.lab-hung unresponsive for \d+ s/],
  ['frozen', /ext4 frozen for \d+ s, 1 process in D state/],
];

namesFaults('fs', () => screen, FAULTS, { namedMs: NAMED_MS });

it('page of a mount shows its stack and who holds space in deleted files', async () => {
  await lab('fs', 'break', 'deleted');
  await screen.go('Storage');
  await screen.until(/fs\/strict +ext4/, NAMED_MS);
  await screen.press('/');
  screen.type('strict');
  await screen.press('enter');
  await screen.press('enter');
  await screen.until([/stack +loop\d+ loop/, /python3 .* 1 +64M/], NAMED_MS);
  await screen.press('esc');
  await screen.until('Filesystems', NAMED_MS);
  await lab('fs', 'repair', 'deleted');
});
