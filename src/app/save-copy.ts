import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a copy to a new file, mode 0600, and returns its path; existing files stay. */
export function saveCopy(
  name: string,
  content: string | Uint8Array,
  nowMs: number,
  {
    folder = process.cwd(),
    extension = 'txt',
  }: { readonly folder?: string; readonly extension?: string | undefined } = {},
): string {
  const time = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const plainName = name.replaceAll(/[^\w.-]+/g, '-').replace(/^[.-]+/, '') || 'copy';
  for (let number = 1; ; number++) {
    const path = join(folder, `${plainName}-${time}${number === 1 ? '' : `-${number}`}.${extension}`);
    try {
      writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
      return path;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST') || number > 99) throw error;
    }
  }
}
