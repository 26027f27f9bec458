/**
 * node scripts/record-demo.ts [--for 120s] [--out assets/demo.cc.zst] [--partly] [--agree] [--rename FROM=TO]… [--from FILE] [-- ARGS…]
 *
 * Records this machine, as root and with the labs (test/lab) up, as a demo of the package (src/commands/demos.ts), or the host of further
 * arguments of crashcart (-F DIR/host/ssh_config support@host), and opens details of each pane meanwhile: they
 * are read while they are open. It replaces the old one only if it is small enough and every pane has content; otherwise it prints the
 * reasons. --partly allows panes without content. --agree consents to the first credentials of OpenStack. --rename replaces names of the recording machine everywhere; FROM is a regular
 * expression. --from takes an existing recording.
 *
 * Labs of the present demo: ovs, ovn, ceph (break dead-osd), docker (break oom crash-loop), lxd, kvm (break steal ioerror), kubernetes
 * (build, then break bad-pods). On a quiet machine: what else runs there is in it, too. What it has to show is in
 * test/incidents/demo.test.ts and test/journeys/tour.test.tsx. Of demo-host.cc.zst: the lab host with the faults unit-failed, unit-loop,
 * unit-log, segfault, listen-queue, resolver. Of demo-cloud.cc.zst: in the namespaces of the lab openstack (break mq-alarm), where postgresql
 * (break lock-chain replay-paused) and redis (break haproxy-server) are up as well, with --agree and /dev/null over /dev/kmsg.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { paneKeys } from '../src/pane-keys.ts';
import { verifyRedaction } from '../src/recording/verify-redaction.ts';
import { Console } from '../test/lab/lib/console.ts';

const MAX_BYTES = 2_000_000;
const root = resolve(import.meta.dirname, '..');
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    for: { type: 'string', default: '120s' },
    partly: { type: 'boolean', default: false },
    agree: { type: 'boolean', default: false },
    rename: { type: 'string', multiple: true, default: [] },
    from: { type: 'string' },
    out: { type: 'string', default: join(root, 'assets/demo.cc.zst') },
  },
});

const renames = options.rename.map((word) => {
  const [from = '', to = ''] = word.split('=', 2);
  return [new RegExp(from, 'g'), to] as const;
});

/** Runs the built program, as the package will. */
const crashcart = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(root, 'bin/crashcart.cjs'), ...args], { maxBuffer: 64 << 20 });

/** Rows of each pane whose details are opened, and for how long: the longest period of a detail's figures. */
const ROWS = 2;
const OPEN_MS = 4000;

/** Agrees to the first credentials of the OpenStack pane: its services and agents are read from the APIs. */
async function agreeToCredentials(program: Console): Promise<void> {
  await program.go('OpenStack');
  await program.press('tab', 'tab', 'enter');
  await program.until(/openrc +\//, 30_000);
  await program.press('enter');
  await program.until('y: use these credentials');
  await program.press('y');
  await program.until('for all requests', 60_000);
  await program.press('esc', 'esc');
}

/** Records with the screen, as a person would, for so many seconds and up to a round of all panes more. */
async function recordWithDetails(file: string, seconds: number): Promise<void> {
  const home = process.env['HOME'] ?? '/root';
  await using program = new Console(['--record', file, '--budget', '100', ...positionals], { columns: 160, rows: 48, env: { HOME: home } }); // prettier-ignore
  await program.until('Incidents', 60_000);
  if (options.agree) await agreeToCredentials(program);
  // Rates need two readings.
  await sleep(5000);
  const endMs = performance.now() + seconds * 1000;
  do
    for (const { key } of paneKeys.slice(1)) {
      await program.press(key);
      await program.settle();
      // The key of an absent pane shows why it is absent.
      if (!program.text().includes(`[${key} `)) continue;
      for (let row = 0; row < ROWS; row++) {
        await program.press('enter');
        await sleep(OPEN_MS);
        // Without a page it does nothing.
        await program.press('esc');
        await sleep(100);
        await program.press('down');
      }
    }
  while (performance.now() < endMs);
  await program.press('q', 'y');
  await program.exit(120_000);
}

/** Lines of panes without content in the report of `crashcart replay`, each with its reason. */
async function absentPanes(file: string): Promise<string[]> {
  const { stdout } = await crashcart('report', file, '--format', 'json');
  const { screens } = JSON.parse(stdout) as { readonly screens: readonly { readonly title: string }[] };
  const shown = new Set(screens.map(({ title }) => title));
  const { stdout: text } = await crashcart('replay', file);
  return text
    .split('\n')
    .filter((line) => /^[A-Z][A-Z /-]+: /.test(line) && !/^(?:INCIDENTS|NOT READABLE)/.test(line))
    .filter((line) => ![...shown].some((title) => line.startsWith(`${title.toUpperCase()}: `)));
}

const made = `${options.out}.${process.pid}.tmp`;
await mkdir(dirname(options.out), { recursive: true });
try {
  if (options.from === undefined) {
    await recordWithDetails(made, Number.parseInt(options.for, 10));
  } else await copyFile(options.from, made);
  const renamedIn = (text: string) => renames.flatMap(([from]) => text.match(from) ?? []);
  const problem = await verifyRedaction(
    made,
    (text) => renames.reduce((out, [from, to]) => out.replaceAll(from, to), text),
    { inText: renamedIn, inLine: renamedIn },
  );
  if (problem !== undefined) throw new Error(problem);
  const { size } = await stat(made);
  const tooLarge = size > MAX_BYTES;
  const absent = await absentPanes(made);
  for (const line of absent) console.error(line);
  if (tooLarge) console.error(`${size} bytes, limit ${MAX_BYTES}: record for a shorter time`);
  if (!tooLarge && (options.partly || absent.length === 0)) {
    await rename(made, options.out);
    console.log(`${options.out}  ${size} bytes`);
  } else process.exitCode = 1;
} finally {
  await rm(made, { force: true });
}
