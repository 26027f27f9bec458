import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TIMEOUT_MS = 20_000;
const MAX_OUTPUT = 8 << 20;
const MAX_ADDRESSES = 2000;
/** Both have the options and the output of GNU addr2line: https://llvm.org/docs/CommandGuide/llvm-addr2line.html */
const TOOLS = [['llvm-symbolizer', '--output-style=GNU'], ['addr2line']] as const;

/** Function at an address, with its place in the source. */
export interface SourcePlace {
  readonly name: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/** What was found out about `FILE ADDRESS`; the tools take a second for a large file, and the page is read again every two. */
const known = new Map<string, readonly SourcePlace[]>();
const MAX_KNOWN = 50_000;

/**
 * Functions inlined at addresses of files with DWARF, innermost first, with files and lines, by a tool of this machine. Empty where it
 * has none.
 */
export async function sourceLines(
  wanted: readonly { readonly file: string; readonly address: number }[],
): Promise<ReadonlyMap<string, readonly SourcePlace[]>> {
  const byFile = Map.groupBy(wanted, ({ file }) => file);
  for (const [file, places] of byFile) {
    const addresses = [...new Set(places.map(({ address }) => address))].filter((address) => !known.has(`${file} ${address}`)).slice(0, MAX_ADDRESSES); // prettier-ignore
    if (addresses.length === 0) continue;
    if (known.size > MAX_KNOWN) known.clear();
    const found = await linesOf(file, addresses);
    for (const address of addresses) known.set(`${file} ${address}`, found.get(address) ?? []);
  }
  return known;
}

async function linesOf(
  file: string,
  addresses: readonly number[],
): Promise<ReadonlyMap<number, readonly SourcePlace[]>> {
  for (const [tool, ...options] of TOOLS)
    try {
      const argv = [
        ...options,
        '-e',
        file,
        '-a',
        '-f',
        '-i',
        '-C',
        ...addresses.map((address) => `0x${address.toString(16)}`),
      ];
      // Neither asks a server: what may be fetched is decided elsewhere.
      const env = { ...process.env, DEBUGINFOD_URLS: '' };
      const { stdout } = await run(tool, argv, { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT, env });
      return parsedLines(stdout);
    } catch {
      // Not installed, or not able to read this file: the next one, or no lines.
    }
  return new Map();
}

/**
 * Output of addr2line -a -f -i: an address, then pairs of a function and its place.
 *
 *     0x000000000008a3f16
 *     __futex_abstimed_wait_common64
 *     ./nptl/futex-internal.c:57
 */
export function parsedLines(text: string): ReadonlyMap<number, readonly SourcePlace[]> {
  const found = new Map<number, SourcePlace[]>();
  const rows = text.split('\n');
  let places: SourcePlace[] = [];
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] ?? '';
    const next = rows[index + 1] ?? '';
    if (/^0x[\da-f]+$/i.test(row) && !/:(?:\d+|\?)(?: |$)/.test(row)) {
      found.set(Number(row), (places = []));
      continue;
    }
    const [, path = '', line = ''] = /^(.*):(\d+|\?)(?: \(discriminator \d+\))?$/.exec(next) ?? [];
    if (path === '') continue;
    index++;
    if (row === '' || row === '??') continue;
    places.push({
      name: row,
      file: path === '??' ? undefined : path,
      line: Number(line) > 0 ? Number(line) : undefined,
    });
  }
  return found;
}
