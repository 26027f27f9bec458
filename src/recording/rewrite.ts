import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { RecordingEvent } from './events.ts';
import { IndexWriter } from './index-frame.ts';
import { Packer } from './packer.ts';
import type { Recording } from './recording.ts';
import { markFrame } from './segments.ts';

/**
 * Writes a recording, or some of its segments, into a new file (mode 0600) with the events that `map` makes of each segment's. A mark is of
 * the segment event that it makes; a segment without events is left out.
 */
export async function rewriteRecording(
  recording: Recording,
  path: string,
  map: (events: readonly RecordingEvent[], isLast: boolean) => readonly RecordingEvent[],
  places: readonly number[] = [...recording.segments.keys()],
): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  const nonce = randomBytes(16).toString('hex');
  const index = new IndexWriter(nonce);
  let size = 0;
  const write = async (bytes: Buffer) => {
    await file.writeFile(bytes);
    size += bytes.length;
  };
  try {
    for (const [i, place] of places.entries()) {
      const { events } = await recording.segment(place);
      const mapped = map(events, i === places.length - 1);
      const [head] = mapped;
      if (head === undefined) continue;
      const number = head.e === 'segment' ? head.number : place;
      const { t } = head;
      const packer = new Packer();
      await write(markFrame(nonce, { number, t }));
      const from = size;
      const lines = mapped.map((event) => {
        const line = `${JSON.stringify(event)}\n`;
        index.line(event, line);
        return line;
      });
      await write(await packer.packed(lines.join('')));
      await write(await packer.end());
      await index.segment({ number, t, from, to: size });
    }
    await write(await index.frame(size));
    await file.datasync();
  } finally {
    await file.close();
  }
}
