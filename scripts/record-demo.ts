/**
 * node scripts/record-demo.ts [--for 120s] [--out assets/demo.cc.zst] [--partly] [--rename FROM=TO]… [--from FILE]
 *
 * Records this machine, as root and with the labs (test/lab) up, as the demo that comes with the package. It takes the place
 * of the old one only when it is small enough and every pane has something to show; else it says what is wrong with it. With
 * --partly panes may be without. --rename takes names of the recording machine out of all that was said; FROM is a regular
 * expression. With --from a recording that there is already is taken.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { verifyRedaction } from '../src/recording/verify-redaction.ts';

const MOST_BYTES = 2_000_000;
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

/** Of the program as it is built: what is judged is what the package will show. */
const crashcart = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(root, 'bin/crashcart.cjs'), ...args], { maxBuffer: 64 << 20 });

/** Panes in `crashcart replay`'s report begin with their title; one that the host does not have is a line with the reason. */
async function absentPanes(file: string): Promise<string[]> {
  const { stdout } = await crashcart('report', file, '--format', 'json');
  const { screens } = JSON.parse(stdout) as { readonly screens: readonly { readonly title: string }[] };
  const shown = new Set(screens.map(({ title }) => title));
  const { stdout: text } = await crashcart('replay', file);
  return text
    .split('\n')
    .filter((line) => /^[A-Z][A-Z /-]+: /.test(line) && !/^(?:FINDINGS|NOT READABLE)/.test(line))
    .filter((line) => ![...shown].some((title) => line.startsWith(`${title.toUpperCase()}: `)));
}

const made = `${options.out}.${process.pid}.tmp`;
await mkdir(dirname(options.out), { recursive: true });
try {
  if (options.from === undefined) {
    const { stderr } = await crashcart('record', '--for', options.for, '--record', made, '--budget', '100');
    process.stderr.write(stderr);
  } else await copyFile(options.from, made);
  const told = await verifyRedaction(
    made,
    (text) => renames.reduce((out, [from, to]) => out.replaceAll(from, to), text),
    (text) => renames.flatMap(([from]) => text.match(from) ?? []),
  );
  if (told !== undefined) throw new Error(told);
  const { size } = await stat(made);
  const tooLarge = size > MOST_BYTES;
  const absent = await absentPanes(made);
  for (const line of absent) console.error(line);
  if (tooLarge) console.error(`${size} bytes; the package takes at most ${MOST_BYTES}: record for less long`);
  if (!tooLarge && (options.partly || absent.length === 0)) {
    await rename(made, options.out);
    console.log(`${options.out}  ${size} bytes`);
  } else process.exitCode = 1;
} finally {
  await rm(made, { force: true });
}
