import xterm from '@xterm/headless';
import { plain } from '../lib/plain.ts';

const MAX_SCROLLBACK_ROWS = 20_000;
/** 12 bytes each. */
const MAX_CELLS = 2_000_000;

/** Lines of a terminal at its end, scrollback included, sanitised. */
export async function terminalText(
  data: readonly string[],
  size: { readonly columns: number; readonly rows: number },
): Promise<readonly string[]> {
  const terminal = new xterm.Terminal({
    cols: size.columns,
    rows: size.rows,
    scrollback: Math.min(MAX_SCROLLBACK_ROWS, Math.floor(MAX_CELLS / size.columns)),
    allowProposedApi: true,
    logLevel: 'off',
  });
  try {
    for (const piece of data) await new Promise<void>((resolve) => terminal.write(piece, resolve));
    const { normal } = terminal.buffer;
    const lines: string[] = [];
    for (let row = 0; row < normal.length; row++) {
      const line = normal.getLine(row);
      const text = plain(line?.translateToString(true) ?? '');
      if (line?.isWrapped && lines.length > 0) lines.push((lines.pop() ?? '') + text);
      else lines.push(text);
    }
    return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
  } finally {
    terminal.dispose();
  }
}
