import xterm from '@xterm/headless';

/** Finds identifiers in a text. */
export type Search = (text: string) => readonly string[];

/** Recorded time between two looks at the drawn rows. */
const LOOK_SECONDS = 0.5;
/** Known rows above which they are forgotten. */
const MAX_KNOWN = 50_000;
const MAX_LINE = 64 << 10;
const SEQUENCES = /\u001B\[[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)|\u001B[ -/]*[0-~]/g;

/**
 * Identifiers left in a finished asciicast: in its lines without escape sequences, and in the rows that a terminal draws of it, where
 * a name may be painted in patches.
 */
export async function leftInCast(lines: AsyncIterable<string>, search: Search): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const known = new Set<string>();
  const look = (text: string) => {
    const row = text.trim();
    if (row === '' || known.has(row)) return;
    if (known.size > MAX_KNOWN) known.clear();
    known.add(row);
    for (const name of search(row)) found.add(name);
  };
  let terminal: InstanceType<typeof xterm.Terminal> | undefined;
  let rest = '';
  let seconds = 0;
  let lookedAt = 0;
  const lookAtRows = () => {
    const { active } = terminal?.buffer ?? {};
    if (!terminal || !active) return;
    for (let row = 0; row < terminal.rows; row++)
      look(active.getLine(active.baseY + row)?.translateToString(true) ?? '');
  };
  try {
    for await (const line of lines) {
      // Made by `asciicast`.
      const event = JSON.parse(line) as CastHeader | readonly [number, string, string];
      if (isHeader(event)) {
        look(event.title ?? '');
        const { cols = event.width ?? 80, rows = event.height ?? 24 } = event.term ?? {};
        terminal = new xterm.Terminal({ cols, rows, scrollback: 0, allowProposedApi: true, logLevel: 'off' });
        continue;
      }
      const [after, code, data] = event;
      seconds += after;
      if (code === 'r') {
        const [columns = 80, rows = 24] = data.split('x').map(Number);
        terminal?.resize(columns, rows);
        continue;
      }
      if (code !== 'o') {
        look(data);
        continue;
      }
      const all = rest + data;
      const end = all.lastIndexOf('\n') + 1;
      rest = all.slice(Math.max(end, all.length - MAX_LINE));
      for (const each of all.slice(0, end).split('\n')) look(each.replaceAll(SEQUENCES, ''));
      if (seconds - lookedAt >= LOOK_SECONDS) {
        lookAtRows();
        lookedAt = seconds;
      }
      await new Promise<void>((resolve) => {
        if (terminal) terminal.write(data, resolve);
        else resolve();
      });
    }
    look(rest.replaceAll(SEQUENCES, ''));
    lookAtRows();
    return found;
  } finally {
    terminal?.dispose();
  }
}

interface CastHeader {
  readonly title?: string;
  readonly width?: number;
  readonly height?: number;
  readonly term?: { readonly cols?: number; readonly rows?: number };
}

const isHeader = (event: CastHeader | readonly unknown[]): event is CastHeader => !Array.isArray(event);
