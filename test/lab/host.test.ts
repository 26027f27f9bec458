import { it, vi } from 'vitest';
import { hostConsole } from './lib/host-console.ts';
import { lab } from './lib/lab.ts';
import { namesFaults, type NamedFault } from './lib/named-faults.ts';

/** Faults of the kernel log, the network and systemd on a host in namespaces, named on the Overview over SSH. */
const screen = hostConsole();

vi.setConfig({ testTimeout: 90_000 });
/** From the fault to the line on the screen; an idle machine needs less than 10 s. */
const NAMED_MS = 60_000;

const FAULTS: readonly NamedFault[] = [
  ['segfault', /python3 +.*segfault in libc/],
  ['fs-error', /loop\d+ +.*EXT4 error/],
  ['unit-failed', /lab-failed\.service +.*failed, exit status 1/],
  ['unit-loop', /lab-loop\.service +.*restart loop, \d+ restarts?/],
  ['unit-limit', /lab-limit\.service +.*failed, start limit reached after 3 restarts/],
  ['listen-queue', /accept queue +.*full, \d+ connections? dropped .*port 9001: 3 of 2 waiting/],
  ['udp-buffer', /udp +.*receive buffers full, [\d.]+k? drops\/s/],
  ['rp-filter', /rp_filter +.*[\d.]+k? packets\/s dropped/],
  ['duplicate', /eth0 +.*fd00:213::1 is a duplicate/],
  ['gateway', /eth0 +.*default gateway 10\.213\.0\.77 unreachable/],
  ['qdisc', /slow0 +.*[\d.]+k? drops\/s in qdisc tbf/],
  ['resolver', /resolver +.*10\.213\.0\.53: \d+ lookups? without a reply for \d+ s/],
  ['resolver-local', /resolver +.*127\.0\.0\.53: nothing listens on UDP port 53/],
  ['chrony', /clock +.*not synchronised, .*chronyd has no source/],
  ['skew', /clock +.*1m3\ds ahead of the clock of this console/],
  [
    'peer-silent',
    /10\.213\.0\.44:9003 +.*3 connections in SYN-SENT, SYN sent \d+ times without a reply/,
    ['Network', /10\.213\.0\.44 +to +9003 +3 /],
  ],
  [
    'peer-lost',
    /10\.213\.0\.5:9003 +.*3 connections not acknowledged, retransmitted \d+ times/,
    ['Network', /10\.213\.0\.5 +to +9003 +3 /],
  ],
  ['ports', /10\.213\.0\.1:9003 +.*100% of local ports in use, 50 of 50/, ['Network', /10\.213\.0\.1 +to +9003 +50 /]],
  ['namespace', /python3\[\d+\] +.*accept queue full, [\d.]+k? connections? dropped .*port 9001/],
];

namesFaults('host', screen, FAULTS, { namedMs: NAMED_MS });

it('pane of the kernel log shows the report behind a line', async () => {
  await screen().go('Kernel log');
  await screen().until(/segfault in libc/);
  await screen().press('enter');
  await screen().until(/kernel log, .* ago[\s\S]*segfault at 0 ip/);
  await screen().press('esc');
});

it('pane of systemd shows a unit, and follows its journal', async () => {
  await lab('host', 'break', 'unit-failed');
  await lab('host', 'break', 'unit-log');
  await screen().go('systemd');
  await screen().until(/lab-failed\.service +failed/, NAMED_MS);
  await screen().press('enter');
  await screen().until(/unit lab-failed\.service[\s\S]*Journal views[\s\S]*follow/);
  await screen().press('esc');
  await lab('host', 'repair', 'unit-failed');
  await screen().until('Manager');
  await screen().press('/');
  screen().type('lab-log');
  await screen().press('enter');
  await screen().until(/▸ *lab-log\.service/, NAMED_MS);
  await screen().press('enter');
  await screen().until([/err +sh\[\d+\] +lab line \d+/, /Journal views/], NAMED_MS);
  await screen().press('tab', 'end', 'enter');
  const last = (text: string) => Math.max(...Array.from(text.matchAll(/lab line (\d+)/g), ([, n]) => Number(n)));
  const first = last(await screen().until(/journal of lab-log\.service, follow[\s\S]*lab line \d+/, NAMED_MS));
  await screen().until(new RegExp(`lab line ${first + 8}\\b`), NAMED_MS);
  await screen().press('esc', 'esc', '/', 'esc');
  await lab('host', 'repair', 'unit-log');
  await screen().until('Manager');
});

it(
  'pane of the network opens the connections of a peer with their round trip',
  { skip: !process.env['CRASHCART_LAB_ALL'] },
  async () => {
    await lab('host', 'break', 'peer-lost');
    await screen().go('Network');
    await screen().until(/10\.213\.0\.5 +to +9003 +3 /, NAMED_MS);
    await screen().press('/');
    screen().type('10.213.0.5');
    await screen().press('enter');
    await screen().until(/▸ *10\.213\.0\.5 +to/);
    await screen().press('enter');
    await screen().until(
      [/connections to 10\.213\.0\.5:9003/, /10\.213\.0\.2:\d+ .*ESTAB +[\d.]+ms .*retransmit/],
      NAMED_MS,
    );
    await screen().press('esc', '/', 'esc');
    await lab('host', 'repair', 'peer-lost');
  },
);

it('pane of the network shows links, listeners and the default route', async () => {
  await screen().go('Network');
  await screen().until(
    [/LINK +KIND/, /eth0 +veth +up +1500/, /0\.0\.0\.0 +2222|10\.213\.0\.2 +2222/, /10\.213\.0\.1 +eth0/],
    NAMED_MS,
  );
});
