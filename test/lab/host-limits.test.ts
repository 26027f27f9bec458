import { expect, it } from 'vitest';
import { hostConsole } from './lib/host-console.ts';
import { lab } from './lib/lab.ts';
import { namesFaults, type NamedFault } from './lib/named-faults.ts';

/** Faults of processes, units and logs on a host in namespaces, named on the Overview over SSH. */
const screen = hostConsole();

/** From the fault to the line on the screen; an idle machine needs less than 10 s. */
const NAMED_MS = 60_000;

const FAULTS: readonly NamedFault[] = [
  ['open-files', /python3\[\d+\] +.*15\d of 160 open files \(RLIMIT_NOFILE\), 9\d%/],
  ['locked-memory', /python3\[\d+\] +.*980K of 1\.0M locked memory \(RLIMIT_MEMLOCK\), 9\d%/],
  ['user-processes', /UID 64321 +.*12\d of 128 processes \(RLIMIT_NPROC\), 9\d%, most threads: python3/],
  ['zombies', /python3\[\d+\] +.*24 zombies: does not wait for its children/],
  ['socket-refused', /lab-socket\.socket +.*\d+ connections? refused .* \d of 2 open \(MaxConnections\)/],
  ['unit-missing', /lab-gone\.service +.*not found, required by lab-needs\.service/],
  ['service-log', /corosync +.*token lost, membership changed, 1 in corosync\.log/],
];

namesFaults('host', screen, FAULTS, { namedMs: NAMED_MS });

it('does not take a line that a process wrote to /dev/kmsg for the kernel', { timeout: 90_000 }, async () => {
  await lab('host', 'break', 'forged-line');
  await screen().go('Kernel log');
  await screen().until(/user +BUG: unable to handle page fault for address: lab-forged/, NAMED_MS);
  await screen().go('Overview');
  await screen().until('LIVE');
  expect(screen().text()).not.toContain('kernel oops');
});
