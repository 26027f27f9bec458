/**
 * node scripts/record-demo.ts [--for 120s] [--out assets/demo.cc.zst] [--partly] [--rename FROM=TO]… [--from FILE]
 *
 * Records this machine, as root and with the labs (test/lab) up, as the demo of the package. It replaces the old one only if it is
 * small enough and every pane has content; otherwise it prints the reasons. --partly allows panes without content. --rename
 * replaces names of the recording machine everywhere; FROM is a regular expression. --from takes an existing recording.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { verifyRedaction } from '../src/recording/verify-redaction.ts';

const MAX_BYTES = 2_000_000;
const root = resolve(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    for: { type: 'string', default: '120s' },
    partly: { type: 'boolean', default: false },
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
    const { stderr } = await crashcart('record', '--for', options.for, '--record', made, '--budget', '100');
    process.stderr.write(stderr);
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
