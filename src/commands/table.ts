import type { Config } from '../config.ts';
import { paneTable, tableEntries, TableError } from '../exports/pane-table.ts';
import { gated, learnSession } from '../exports/redacted-output.ts';
import { tableText } from '../exports/table-text.ts';
import { plural } from '../lib/units.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';
import { panes } from '../subsystems/index.ts';
import type { DataCommand } from './data-arguments.ts';
import { keepNames } from './keep-names.ts';
import { linePrompter } from './line-prompter.ts';
import { openTarget } from './open-target.ts';
import { print, warn } from './print.ts';
import { UsageError } from './usage-error.ts';

type TableCommand = Extract<DataCommand, { kind: 'table' }>;

/** Prints a table of a pane, or the list of all tables. Rejects with a UsageError, a RecordingError or a TransportError. */
export async function printTable(command: TableCommand, config: Config, assets: string): Promise<void> {
  const { reach, table, redact } = command;
  // Without a host the list is that of all that crashcart has.
  if (table === undefined && reach.target === undefined) return print(listText(tableEntries(panes)));
  const prompter = linePrompter(process.stdin, process.stderr);
  await using target = await openTarget(reach.target, { reach, config, prompter, assets });
  for (const problem of target.problems) warn(problem);
  const { session } = target;
  const redaction = redact ? new ScreenRedaction() : undefined;
  learnSession(redaction, session);
  redaction?.set(true);
  try {
    const at = { session, atMs: target.nowMs() };
    await print(
      gated(table === undefined ? listText(tableEntries(panes, at)) : tableAt(at, table, command), redaction),
    );
  } finally {
    redaction?.set(false);
    const names = redaction && keepNames(redaction.redactor, Date.now());
    if (names !== undefined) warn(`pseudonym table: ${names} (private, in no table)`);
  }
}

function tableAt(at: Parameters<typeof paneTable>[1], name: string, command: TableCommand): string {
  try {
    const table = paneTable(panes, at, name, command);
    // Rows go to a file or a pipe, where a reason would be a row.
    if (table.empty !== undefined && command.format !== 'text') warn(`${table.table}: ${table.empty}`);
    return tableText(table, command.format);
  } catch (error) {
    if (error instanceof TableError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

const listText = (entries: ReturnType<typeof tableEntries>): string =>
  entries
    .map(({ table, rows, columns }) =>
      [table, rows === undefined ? '' : ` (${plural(rows, 'row')})`, `: ${columns.join(' ')}\n`].join(''),
    )
    .join('');
