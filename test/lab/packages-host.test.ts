import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab, labDir } from './lib/lab.ts';
import { namesFaults, type NamedFault } from './lib/named-faults.ts';

/** Faults of dpkg and apt on a Debian with its own root and processes, named on the Overview over SSH. */
let screen: Console;

vi.setConfig({ testTimeout: 120_000 });
/** From the fault to the line on the screen; an idle machine needs less than 10 s. */
const NAMED_MS = 60_000;

beforeAll(async () => {
  await lab('packages-host', 'up');
  screen = new Console(['--budget', '60', '-F', join(labDir, 'packages-host/ssh_config'), 'support@packages'], {
    columns: 200,
    rows: 60,
  });
  await screen.until('LIVE', 60_000);
  await screen.go('Packages');
  await screen.until(/\d+ installed \(dpkg\)/, 60_000);
  // A change is seen from the second reading of the package manager's files on.
  await sleep(7000);
}, 400_000);
afterAll(async () => {
  await screen[Symbol.asyncDispose]();
  if (broughtUpHere('packages-host')) await lab('packages-host', 'down');
});

const FAULTS: readonly NamedFault[] = [
  ['half-installed', /dpkg +.*1 package (?:half-installed|reinstall required): lab-half/],
  ['half-configured', /dpkg +.*1 package half-configured: lab-late/],
  ['held', /held packages +.*1 package on hold: base-files/],
  ['broken-status', /dpkg +.*database not readable, parse error in status, line \d+/],
  ['deleted-library', /upgraded code +.*1 service not restarted: .*liblab\.so\.1 deleted/],
  ['kernel-pending', /reboot +.*pending: kernel \S+ runs, 99\S+ is installed/],
  ['reboot-required', /reboot +.*pending: required by libc6/],
  ['apt-lock', /apt-get\[\d+\] +.*holds .*dpkg\/lock/],
];

namesFaults('packages-host', () => screen, FAULTS, { namedMs: NAMED_MS });

it(
  'page of a process has its objects with packages, a deleted one, and what debuginfod has',
  { timeout: 180_000 },
  async () => {
    await lab('packages-host', 'break', 'deleted-library');
    const http = createServer((request, response) => {
      response.writeHead(request.url?.startsWith('/buildid/') ? 200 : 404).end('x');
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    await using other = new Console(['-F', join(labDir, 'packages-host/ssh_config'), 'support@packages'], {
      columns: 200,
      rows: 60,
      env: { DEBUGINFOD_URLS: url },
    });
    await other.until('LIVE', 60_000);
    await other.go('Processes');
    await other.press('/');
    other.type('liblab');
    await other.press('enter');
    await other.until(/python3 /, NAMED_MS);
    await other.press('enter');
    await other.until(/debug symbols/, NAMED_MS);
    await openOnDemand(other);
    await other.until([/liblab\.so\.1 \(deleted\)/, /libc6 +2\.\S+ +libc6-dbg 2\.\S+, not installed/], NAMED_MS);
    await openOnDemand(other);
    await other.until([new RegExp(`at debuginfod: ${url}/buildid/`), /debuginfod: .* found/], NAMED_MS);
    http.close();
    await lab('packages-host', 'repair', 'deleted-library');
  },
);

/** Goes to the section of readings on demand, and opens its row. */
async function openOnDemand(other: Console): Promise<void> {
  for (let step = 0; step < 12 && !/│▸(?:debug symbols|symbols beyond)/.test(other.text()); step++) {
    await other.press('tab');
    await other.settle();
  }
  await other.press('enter');
}

it('pane of packages shows a broken one first, and no finding stays after the repair', async () => {
  await lab('packages-host', 'break', 'half-configured');
  await screen.go('Packages');
  await screen.until(/PACKAGE[\s\S]*?lab-late +1\.0[\s\S]*?half-configured/, NAMED_MS);
  await lab('packages-host', 'repair', 'half-configured');
  await screen.until(/ 0 broken/, NAMED_MS);
  expect(screen.text()).not.toContain('lab-late');
});
