import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab, labDir } from './lib/lab.ts';

/** Faults of processes, units and logs on a host in namespaces, named on the Overview over SSH. */
let screen: Console;

vi.setConfig({ testTimeout: 90_000 });
/** From the fault to the line on the screen; an idle machine needs less than 10 s. */
const NAMED_MS = 60_000;

beforeAll(async () => {
  await lab('host', 'up');
  screen = new Console(['--budget', '60', '-F', join(labDir, 'host/ssh_config'), 'support@host'], {
    columns: 200,
    rows: 60,
  });
  await screen.until('LIVE', 60_000);
}, 180_000);
afterAll(async () => {
  await screen[Symbol.asyncDispose]();
  if (broughtUpHere('host')) await lab('host', 'down');
});

/** Fault, and the line of the Overview that names it. */
const FAULTS: readonly (readonly [fault: string, line: RegExp])[] = [
  ['open-files', /python3\[\d+\] +.*15\d of 160 open files \(RLIMIT_NOFILE\), 9\d%/],
  ['locked-memory', /python3\[\d+\] +.*980K of 1\.0M locked memory \(RLIMIT_MEMLOCK\), 9\d%/],
  ['user-processes', /UID 64321 +.*12\d of 128 processes \(RLIMIT_NPROC\), 9\d%, most threads: python3/],
  ['zombies', /python3\[\d+\] +.*24 zombies: does not wait for its children/],
  ['socket-refused', /lab-socket\.socket +.*\d+ connections? refused .* \d of 2 open \(MaxConnections\)/],
  ['unit-missing', /lab-gone\.service +.*not found, required by lab-needs\.service/],
  ['service-log', /corosync +.*token lost, membership changed, 1 in corosync\.log/],
];

describe('Overview', () => {
  it.each(FAULTS)('names the fault %s', async (fault, line) => {
    await lab('host', 'break', fault);
    const startMs = performance.now();
    await screen.until(line, NAMED_MS);
    console.log(`${fault}: named after ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
    await lab('host', 'repair', fault);
  });

  it('does not take a line that a process wrote to /dev/kmsg for the kernel', async () => {
    await lab('host', 'break', 'forged-line');
    await screen.go('Kernel log');
    await screen.until(/user +BUG: unable to handle page fault for address: lab-forged/, NAMED_MS);
    await screen.go('Overview');
    await screen.until('LIVE');
    expect(screen.text()).not.toContain('kernel oops');
  });
});
