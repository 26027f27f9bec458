import { open, rename, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { cleanEvent, type Clean } from './clean-event.ts';
import { Packer } from './packer.ts';
import { Recording } from './recording.ts';
import { markFrame } from './segments.ts';

/**
 * A redacted recording once more, now that all names are known: what was learnt late is taken out of what was written early.
 * `left` then searches every text; when it finds one, the recording is removed, and the sentence says what was left.
 */
export async function lastLook(
  path: string,
  clean: Clean,
  left: (text: string, place: Parameters<Clean>[1]) => readonly string[],
): Promise<string | undefined> {
  const recording = await Recording.open(path);
  const beside = `${path}.redacting`;
  const nonce = randomBytes(16).toString('hex');
  const found = new Map<string, string>();
  try {
    const file = await open(beside, 'wx', 0o600);
    try {
      for (const [index, { number, t }] of recording.segments.entries()) {
        const { events } = await recording.segment(index);
        const cleaned = events.map((event) => cleanEvent(event, clean));
        for (const event of cleaned)
          cleanEvent(event, (text, place) => {
            for (const name of left(text, place)) found.set(name, event.e);
            return text;
          });
        const lines = cleaned.map((event) => `${JSON.stringify(event)}\n`).join('');
        await file.writeFile(markFrame(nonce, { number, t }));
        const packer = new Packer();
        await file.writeFile(await packer.packed(lines));
        await file.writeFile(await packer.end());
      }
      await file.datasync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(beside, { force: true });
    await rm(path, { force: true });
    throw error;
  } finally {
    await recording.close();
  }
  if (found.size === 0) {
    await rename(beside, path);
    return undefined;
  }
  await rm(beside, { force: true });
  await rm(path, { force: true });
  const kinds = [...new Set(found.values())].join(', ');
  return `${found.size} names or addresses were still in it (in: ${kinds}), so the recording was removed`;
}
