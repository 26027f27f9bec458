import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'smol-toml';
import type { PaneSettings, ViewSettings } from '../ui/view-settings.ts';

/** File beside the config file that crashcart writes; the config file, with the comments of its owner, it never writes. */
export const panesPath = (configFile: string): string => join(dirname(configFile), 'panes.toml');

const HEAD = `# Written by crashcart when the panes are saved; the next save writes it again.
# Settings of config.toml go before those of this file. Without it all panes are as at the first start.
`;

const paneTable = ({ tables, ...pane }: PaneSettings) => ({ ...pane, ...tables });

export const panesText = ({ order, hidden, panes }: ViewSettings): string =>
  `${HEAD}\n${stringify({
    panes: {
      ...(order.length > 0 && { order }),
      ...(hidden.length > 0 && { hidden }),
      ...Object.fromEntries(Object.entries(panes).map(([id, pane]) => [id, paneTable(pane)])),
    },
  })}`;

/** Writes the file, mode 0600, in one step: a reader sees the old one or the new one. Throws where it cannot be written. */
export function savePanes(path: string, settings: ViewSettings): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(draft, panesText(settings), { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
