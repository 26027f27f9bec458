import type { Readable } from 'node:stream';
import { ArchivedFiles } from './archived-files.ts';
import { MAX_FILE_BYTES } from './files.ts';
import { isPackedReport } from './several.ts';
import { tarEntries, type TarEntry } from '../archives/tar.ts';
import { unpacked, type Packing } from '../archives/unpacked.ts';

/** A packed report, read where it lies: nothing of it is ever written to this machine's disks. */
export interface Archive {
  /** Whether there is a sosreport in it. */
  readonly hasReport: boolean;
  /** Folders of its reports, where there are several. */
  readonly roots: readonly string[];
  /** Packed reports in it, as sos collect has them. */
  readonly packedReports: readonly string[];
  readonly files: ArchivedFiles;
  /** What of it is not here, for a person. */
  readonly problems: readonly string[];
}

export interface ArchiveLimits {
  /** All that is kept of one report; the rest of its files reads as not in it. */
  readonly keptBytes: number;
  /** Unpacked size beyond which it is a bomb. */
  readonly unpackedBytes: number;
  readonly entries: number;
}
const LIMITS: ArchiveLimits = { keptBytes: 96 << 20, unpackedBytes: 32 * 2 ** 30, entries: 500_000 };

/** Logs: most of a report, and nothing reads them, but those of package managers, the texts of sar, and those with patterns of faults. */
const NOT_SHOWN =
  /\/var\/log\/(?!(?:(?:sa|sysstat)\/sar\d+|dpkg\.log(?:\.1)?|apt\/history\.log|dnf\.rpm\.log|zypp\/history|kern\.log|dmesg|openvswitch\/ovs-vswitchd\.log|ovn\/[\w-]+\.log|ceph\/ceph[^/]*\.log|syslog|messages|(?:nova|neutron|cinder|octavia|libvirt|rabbitmq|mysql|postgresql|mongodb|corosync|cluster|pacemaker|juju|uwsgi\/app)\/[^/]+\.log|apache2\/error\.log|httpd\/error_log)$)|\/(?:sos_commands\/logs|sos_logs|sos_reports)\/|\/journalctl_|\/modinfo_ALL_MODULES$/;

/** Rejects when nothing of it can be read; of one that breaks off there is what came before. */
export async function openArchive(packed: Readable, packing: Packing, limits = LIMITS): Promise<Archive> {
  const files = new ArchivedFiles();
  const problems: string[] = [];
  let leftOut = 0;
  let entries = 0;
  const packedReports: string[] = [];
  try {
    for await (const entry of tarEntries(bounded(unpacked(packed, packing), limits.unpackedBytes))) {
      if (++entries > limits.entries) throw new RangeError(`it has more than ${limits.entries} entries`);
      if (entry.type === 'file' && isPackedReport(entry.name)) packedReports.push(entry.name);
      else if (!(await kept(entry, files, limits.keptBytes))) leftOut++;
    }
    if (entries === 0) throw new RangeError('there is no tar entry where one must be');
  } catch (error) {
    if (files.size + packedReports.length === 0) throw error;
    problems.push(
      `the archive can be read up to ${entries} entries: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    packed.destroy();
  }
  if (leftOut > 0) problems.push(`${leftOut} large files of the archive were left out`);
  return { hasReport: files.root !== undefined, roots: files.roots, packedReports, files, problems };
}

async function* bounded(pieces: AsyncIterable<Buffer>, mostBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > mostBytes) throw new RangeError(`it unpacks to more than ${mostBytes} bytes`);
    yield piece;
  }
}

/** Keeps an entry that may be asked for; false when it was too large. */
async function kept(entry: TarEntry, files: ArchivedFiles, mostBytes: number): Promise<boolean> {
  const { name, type, size, target } = entry;
  if (type === 'other' || NOT_SHOWN.test(name)) return true;
  if (size > MAX_FILE_BYTES || files.bytes + size > mostBytes) return false;
  if (type === 'file') files.addFile(name, await entry.read());
  else if (type === 'symlink') files.addLink(name, target);
  else files.addHardLink(name, target);
  return true;
}
