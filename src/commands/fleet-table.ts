import type { LoadedConfig } from '../config.ts';
import { fleetTable, countsText, type HostTable } from '../exports/fleet-table.ts';
import { paneTable, type PaneTable } from '../exports/pane-table.ts';
import { gated, learnSession } from '../exports/redacted-output.ts';
import { tableText } from '../exports/table-text.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import { sanitizeLines } from '../lib/plain.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';
import type { AnySource } from '../sources/source.ts';
import { panes } from '../subsystems/index.ts';
import { reasonOf } from '../fleet/judgement.ts';
import { foldNames } from '../lib/fold-names.ts';
import { eachHost } from './each-host.ts';
import type { FleetTableCommand } from './fleet-arguments.ts';
import { keepNames } from './keep-names.ts';
import { linePrompter } from './line-prompter.ts';
import { print, warn } from './print.ts';
import { settle } from './report.ts';
import { UsageError } from './usage-error.ts';

const COST = 'Each gets one SSH login and one reading of the sources of this table';
const NOTHING_READ = 1;

/** Prints one table of many hosts, equal rows folded. Resolves with the exit code; rejects with a UsageError or a TransportError. */
export async function printFleetTable(command: FleetTableCommand, config: LoadedConfig): Promise<number> {
  const { table: name, redact } = command;
  const pane = panes.find(({ id }) => id === name.split('.', 1)[0]);
  if (!pane) throw new UsageError(`no pane "${name.split('.', 1)[0]}"${didYouMean(name.split('.', 1)[0] ?? '', panes.map(({ id }) => id))}`); // prettier-ignore
  const redaction = redact ? new ScreenRedaction() : undefined;
  const results = await eachHost(
    {
      ...command,
      config,
      prompter: linePrompter(process.stdin, process.stderr),
      sources: Object.values<AnySource>(pane.needs),
      findings: [],
      cost: COST,
      redaction,
    },
    async ({ session, live, atMs }): Promise<PaneTable> => {
      if (live) await settle(live);
      learnSession(redaction, session);
      return paneTable(panes, { session, atMs: atMs() }, name, command);
    },
  );
  const hosts = results.map((one): HostTable => {
    // Names are redacted before they are folded: a node set of them is not known as a name.
    const host = redaction?.redactor.cell(one.name) ?? one.name;
    return 'result' in one ? { host, table: one.result } : { host, failure: one.failure };
  });
  const failures = hosts.flatMap((one) => ('failure' in one ? [one] : []));
  const read = hosts.length - failures.length;
  // A slip in the name fails on all hosts alike.
  const [first] = failures;
  if (read === 0 && first && /^no (?:table|column) /.test(first.failure)) throw new UsageError(first.failure);
  redaction?.set(true);
  try {
    const isFolded = command.format === 'text' || command.onlyDifferent;
    const one = fleetTable(hosts, { isFolded, onlyDifferent: command.onlyDifferent });
    if (read > 0) await print(gated(tableText(one, command.format), redaction));
    const notes = [countsText(one.counts), ...failureLines(failures)];
    for (const line of notes) warn(redaction ? gated(line, redaction) : sanitizeLines(line));
  } finally {
    redaction?.set(false);
    const names = redaction && keepNames(redaction.redactor, Date.now());
    if (names !== undefined) warn(`pseudonym table: ${names} (private, in no table)`);
  }
  return read === 0 ? NOTHING_READ : 0;
}

/** `node[3-4]: Connection refused`, hosts with the same reason together. */
const failureLines = (failures: readonly { readonly host: string; readonly failure: string }[]): readonly string[] =>
  [...Map.groupBy(failures, ({ failure }) => reasonOf(failure))].map(
    ([reason, group]) => `${foldNames(group.map(({ host }) => host))}: ${reason}`,
  );
