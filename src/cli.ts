import { join } from 'node:path';
import { WriteStream } from 'node:tty';
import { parseCommand, rulesFolders, type Command } from './commands/arguments.ts';
import { fileFleetCommand, NO_REACH, type FleetCommand } from './commands/fleet-arguments.ts';
import { exitWithoutTerminal } from './commands/lost-terminal.ts';
import { meantCommand } from './commands/meant-command.ts';
import { print } from './commands/print.ts';
import { UsageError } from './commands/usage-error.ts';
import type { Config, LoadedConfig } from './config.ts';
import { ConfigError } from './config/toml-table.ts';
import { NodeSetError } from './fleet/nodeset.ts';
import { TransportError } from './host/transport.ts';
import { leanHeap } from './v8-heap.ts';
import { plain } from './lib/plain.ts';
import { RecordingError } from './recording/recording-error.ts';
import { RedactionError } from './redact/redaction-error.ts';
import pkg from '../package.json' with { type: 'json' };

/** Entry point: parses the command line and sets the exit code. Commands are imported on use, for a fast start. */
const NOTHING_SHOWN = 1;
const NOT_UNDERSTOOD = 2;
/** Demo recordings in the package; src/ and dist/ are both one folder below its root. */
const ASSETS = join(import.meta.dirname, '..', 'assets');

async function run(command: Command): Promise<void> {
  leanHeap();
  switch (command.kind) {
    case 'help':
      return print((await import('./commands/usage.ts')).usage());
    case 'version':
      return print(`crashcart ${pkg.version}\n`);
    case 'keys':
      return print((await import('./commands/sheets.ts')).keysSheet());
    case 'sources':
      return print((await import('./commands/sheets.ts')).sourcesSheet());
    case 'man':
      return print((await import('./commands/man-page.ts')).manPage(pkg.version));
    case 'config':
      return (await import('./commands/config.ts')).showConfig(command.what, command.configFile);
    case 'completion':
      return print((await import('./commands/completion.ts')).completion(command.shell));
    case 'doctor':
      return doctor(command);
    case 'record':
      process.exitCode = await (
        await import('./commands/record.ts')
      ).recordHost(command, await loadConfig(command.configFile));
      return;
    case 'wait':
      process.exitCode = await (
        await import('./commands/wait.ts')
      ).waitForCondition(command, await loadConfig(command.configFile));
      return;
    case 'stacks':
      process.exitCode = await (
        await import('./commands/stacks.ts')
      ).printStacks(command, await loadConfig(command.configFile));
      return;
    case 'stacks-diff':
      return (await import('./commands/stacks-diff.ts')).printStacksDiff(command);
    case 'core':
      process.exitCode = await (await import('./commands/core.ts')).printCore(command);
      return;
    case 'demo':
      process.exitCode = await (
        await import('./commands/demo.ts')
      ).showDemo(ASSETS, command, await loadConfig(command.configFile));
      return;
    case 'report': {
      const { target } = command.reach;
      if (target !== undefined && (await (await import('./commands/member-files.ts')).isSet(target)))
        return showSet(target, {
          screen: { ...NO_SCREEN, redact: command.redact },
          configFile: command.configFile,
          format: command.format === 'json' ? 'json' : 'text',
          failOn: command.failOn,
        });
      process.exitCode = await (
        await import('./commands/report-notes.ts')
      ).writeNotes(command, await loadConfig(command.configFile));
      return;
    }
    case 'table':
      return (await import('./commands/table.ts')).printTable(command, await loadConfig(command.configFile), ASSETS);
    case 'cut':
      return (await import('./commands/cut.ts')).writeCut(command);
    case 'watch':
      process.exitCode = await (await import('./commands/watch.ts')).watchScreen(command);
      return;
    case 'metrics':
      process.exitCode = await (
        await import('./commands/export.ts')
      ).printMetrics(command, await loadConfig(command.configFile), ASSETS);
      return;
    case 'export':
      return (await import('./commands/export.ts')).serveMetrics(command, await loadConfig(command.configFile), ASSETS);
    case 'mcp':
      return (await import('./commands/mcp.ts')).serveMcp(command, await loadConfig(command.configFile), ASSETS);
    case 'cast':
      return (await import('./commands/cast.ts')).writeCast(command);
    case 'replay': {
      const { file, screen, configFile } = command;
      if (file !== '-' && (await (await import('./commands/member-files.ts')).isSet(file)))
        return showSet(file, { screen, configFile });
      process.exitCode = await (
        await import('./commands/replay.ts')
      ).replayFile(command, await loadConfig(command.configFile));
      return;
    }
    case 'fleet':
      process.exitCode = await (
        await import('./commands/fleet.ts')
      ).showFleet(command, await loadConfig(command.configFile));
      return;
    case 'fleet-table':
      process.exitCode = await (
        await import('./commands/fleet-table.ts')
      ).printFleetTable(command, await loadConfig(command.configFile));
      return;
    case 'fleet-record':
      process.exitCode = await (
        await import('./commands/fleet-record.ts')
      ).recordFleet(command, await loadConfig(command.configFile));
      return;
    case 'console': {
      const config = await loadConfig(command.configFile);
      const onScreen = process.stdout.isTTY && process.stdin.isTTY && !command.screen.plain;
      return onScreen ? screen(command, config) : report(command, config);
    }
  }
}

const NO_SCREEN = { ascii: undefined, colour: undefined, theme: undefined, present: false, plain: true, full: false };

/** Folder or archive of several hosts: their matrix on the screen, or printed. */
async function showSet(path: string, set: Pick<FleetCommand, 'screen' | 'configFile'> & Partial<Pick<FleetCommand, 'format' | 'failOn'>>): Promise<void> {
  const command = { ...fileFleetCommand([path], { reach: NO_REACH, ...set }), ...set };
  process.exitCode = await (await import('./commands/fleet.ts')).showFleet(command, await loadConfig(set.configFile));
} // prettier-ignore

/** Config with the known trouble of its folders and those of `--rules`. */
async function loadConfig(path: string | undefined): Promise<LoadedConfig> {
  const config = await (await import('./config.ts')).loadConfig(path);
  (await import('./host/symbol-files/symbol-folders.ts')).useSymbolFolders(config.symbolFolders);
  const folders = [...config.knownTrouble, ...rulesFolders(process.argv.slice(2))];
  if (folders.length === 0) return config;
  return { ...config, trouble: (await import('./commands/known-trouble.ts')).readKnownTrouble(folders) };
}

async function doctor(command: Extract<Command, { kind: 'doctor' }>): Promise<void> {
  const { linePrompter } = await import('./commands/line-prompter.ts');
  const { reachHost, watch } = await import('./commands/reach.ts');
  const { settle } = await import('./commands/report.ts');
  const { doctorText } = await import('./commands/doctor.ts');
  const reached = await reachHost(command.reach, linePrompter(process.stdin, process.stderr));
  const session = watch(reached, command.reach.budgetPct);
  try {
    await settle(session);
    await print(await doctorText(reached, session));
  } finally {
    await session.stop();
  }
}

async function report(command: Extract<Command, { kind: 'console' }>, config: Config): Promise<void> {
  const { linePrompter } = await import('./commands/line-prompter.ts');
  const { reachHost, watch } = await import('./commands/reach.ts');
  const { findingsWith } = await import('./commands/own-settings.ts');
  const { reportText, settle } = await import('./commands/report.ts');
  const reached = await reachHost(withConfig(command.reach, config), linePrompter(process.stdin, process.stderr));
  const session = watch(reached, command.reach.budgetPct ?? config.budgetPct, findingsWith(config));
  try {
    await settle(session);
    await print(
      reportText(session, {
        ascii: command.screen.ascii ?? config.theme.ascii ?? false,
        full: command.screen.full,
        redact: command.screen.redact,
        nowMs: Date.now(),
      }),
    );
  } finally {
    await session.stop();
  }
}

async function screen(command: Extract<Command, { kind: 'console' }>, config: LoadedConfig): Promise<void> {
  const { startConsole } = await import('./commands/console.ts');
  process.exitCode = await startConsole({ ...command, reach: withConfig(command.reach, config) }, config);
}

const withConfig = (reach: Extract<Command, { kind: 'console' }>['reach'], config: Config) => ({
  ...reach,
  backend: reach.backend ?? config.defaults.transport,
});

/** `meant` is the command that a host's name may be a slip of. */
function fail(error: unknown, meant: string | undefined): void {
  const known =
    error instanceof UsageError ||
    error instanceof ConfigError ||
    error instanceof TransportError ||
    error instanceof NodeSetError ||
    error instanceof RecordingError ||
    error instanceof RedactionError;
  const message = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`crashcart: ${message.split('\n').map(plain).join('\n')}\n`);
  if (error instanceof TransportError && error.fix) process.stderr.write(`  ${plain(error.fix)}\n`);
  if (error instanceof TransportError && meant !== undefined)
    process.stderr.write(`  If no host was meant: crashcart ${meant}\n`);
  if (error instanceof UsageError) process.stderr.write('  crashcart help shows how.\n');
  process.exitCode =
    error instanceof UsageError || error instanceof ConfigError || error instanceof NodeSetError
      ? NOT_UNDERSTOOD
      : NOTHING_SHOWN;
}

exitWithoutTerminal();
// `crashcart sources | head` closes the pipe early, which is not an error. A lost terminal sends SIGHUP too, and a recording must be
// completed first.
process.stdout.on('error', () => {
  if (!(process.stdout instanceof WriteStream)) process.exit(process.exitCode ?? 0);
});
process.stderr.on('error', () => undefined);

try {
  await run(parseCommand(process.argv.slice(2)));
} catch (error) {
  fail(error, meantCommand(process.argv[2] ?? ''));
}
// A connection that hangs while closing must not delay the exit.
setTimeout(() => process.exit(), 500).unref();
