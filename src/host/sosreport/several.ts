import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { tarEntries } from '../archives/tar.ts';
import { packingOf, unpacked, type Packing } from '../archives/unpacked.ts';

/** Packed report by its name: `sosreport-HOST-…`, of sos 3 and of a cluster (sos collect). */
const PACKED = /\.(?:tar|tar\.(?:xz|gz|zst)|tgz)$/;
const PACKED_REPORT = /^(?:secured-)?sos(?:report|-collector)?-.*\.(?:tar|tar\.(?:xz|gz|zst)|tgz)$/;
/** Folders between a folder of reports and a report: that of sos collect. */
const DEPTH = 2;
const MOST_REPORTS = 1000;

/** Whether an entry of an archive is itself a packed report: sos collect packs those of its hosts, right in its folder. */
export const isPackedReport = (name: string): boolean =>
  !name.includes('\0') && PACKED.test(name) && name.split('/').length <= DEPTH;

/** Reports in a folder, by their paths from there: folders with sos_commands and packed ones, which are listed without being opened. */
export async function reportsIn(folder: string, below = '', depth = DEPTH): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of (await readdir(join(folder, below), { withFileTypes: true })).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(below, entry.name);
    if (found.length >= MOST_REPORTS) break;
    if (entry.isFile() && PACKED_REPORT.test(entry.name)) found.push(path);
    else if (!entry.isDirectory()) continue;
    else if (await isFolder(join(folder, path, 'sos_commands'))) found.push(path);
    else if (depth > 1) found.push(...(await reportsIn(folder, path, depth - 1)));
  }
  // Of a report that was unpacked beside its archive the folder is opened.
  return found.filter((path) => !PACKED.test(path) || !found.includes(path.replace(PACKED, '')));
}

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() === true;

/** Opens a packed report in an archive of several, read from within it; undefined without one of this name. */
export async function withMember<Result>(
  packed: Readable,
  packing: Packing,
  member: string,
  open: (packed: Readable, packing: Packing) => Promise<Result>,
): Promise<Result | undefined> {
  try {
    for await (const { name, type, pieces } of tarEntries(unpacked(packed, packing))) {
      if (type !== 'file' || name !== member) continue;
      const rest = pieces()[Symbol.asyncIterator]();
      let head = Buffer.alloc(0);
      while (head.length < HEAD_BYTES) {
        const { value, done } = await rest.next();
        if (done) break;
        head = Buffer.concat([head, value]);
      }
      const inner = packingOf(head);
      if (inner === undefined) return undefined;
      return await open(Readable.from(whole(head, rest)), inner);
    }
    return undefined;
  } finally {
    packed.destroy();
  }
}

/** Bytes that identify a packed file. */
const HEAD_BYTES = 512;

async function* whole(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* { [Symbol.asyncIterator]: () => rest };
}
