import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { RecordingEvent } from './events.ts';
import { IndexWriter } from './index-frame.ts';
import { Packer } from './packer.ts';
import type { Recording } from './recording.ts';
import { markFrame } from './segments.ts';

/** Writes a recording into a new file (mode 0600), segment by segment, with the events that `map` makes of each segment's. */
export async function rewriteRecording(
  recording: Recording,
  path: string,
  map: (events: readonly RecordingEvent[], isLast: boolean) => readonly RecordingEvent[],
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
    for (const [place, { number, t }] of recording.segments.entries()) {
      const { events } = await recording.segment(place);
      const packer = new Packer();
      await write(markFrame(nonce, { number, t }));
      const from = size;
      const lines = map(events, place === recording.segments.length - 1).map((event) => {
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
