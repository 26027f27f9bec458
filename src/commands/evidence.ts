import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { EvidenceItem, Evidence } from '../notes/case-notes.ts';
import type { Recording } from '../recording/recording.ts';

/** Segments whose hashes are listed: a day and a half of recording. */
const MOST_ITEMS = 1000;

/**
 * Name, size and hashes of the file behind case notes: SHA-256 of the whole and of each segment of a recording, which a slice of its bytes
 * proves without the rest (`tail -c +$((offset + 1)) FILE | head -c bytes | sha256sum`). A recording in memory was made from the file: its
 * segments are no parts of it.
 */
export async function evidenceOf(
  file: string,
  bytes: number,
  { segments, isInMemory }: Pick<Recording, 'segments' | 'isInMemory'>,
): Promise<Evidence> {
  const sha256 = await hashOf(file);
  const items: EvidenceItem[] = [];
  // A recorder that was killed may leave a segment without bytes.
  const parts = isInMemory ? [] : segments.filter(({ from, to }) => to > from);
  for (const { t, from, to } of parts.slice(0, MOST_ITEMS))
    items.push({
      at: new Date(t).toISOString(),
      offset: from,
      bytes: to - from,
      sha256: await hashOf(file, from, to),
    });
  const problems =
    parts.length > MOST_ITEMS ? [`hashes of the first ${MOST_ITEMS} of ${parts.length} segments only`] : [];
  return { file: basename(file), bytes, sha256, ...(items.length > 0 && { items }), problems };
}

async function hashOf(file: string, from = 0, to = Infinity): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { start: from, end: to - 1 }), hash);
  return hash.digest('hex');
}
