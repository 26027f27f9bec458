import pkg from '../../package.json' with { type: 'json' };
import type { Config } from '../config.ts';
import { Audit } from '../host/audit.ts';
import type { Prompter } from '../host/prompter.ts';
import { TransportError } from '../host/transport.ts';
import { HostSet } from '../mcp/host-set.ts';
import { serve } from '../mcp/server.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';
import type { DataCommand } from './data-arguments.ts';
import { keepNames } from './keep-names.ts';
import { openTarget } from './open-target.ts';
import { findingsWith } from './own-settings.ts';
import { warn } from './print.ts';

type McpCommand = Extract<DataCommand, { kind: 'mcp' }>;

/** Serves hosts and files to an MCP client until it closes standard input. Rejects where answers cannot be audited. */
export async function serveMcp(command: McpCommand, config: Config, assets: string): Promise<void> {
  const audit = new Audit('mcp', Date.now());
  if (audit.problem !== undefined)
    throw new TransportError(audit.problem, { fix: 'mcp gives no answer that is not in the audit log' });
  const redaction = command.redact ? new ScreenRedaction() : undefined;
  redaction?.set(true);
  // An assistant gets no tool and no shell, whatever is added to it later.
  const reach = { ...command.reach, readOnly: true };
  const open = (target: string | undefined) => () =>
    openTarget(target, { reach, config, prompter: SILENT, assets }).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      warn(message);
      // Names of a host that gives no reading stand in the reason; a file is often named after its host.
      if (target !== undefined) redaction?.learnTarget(target);
      throw redaction && target !== undefined ? new Error(message.replaceAll(target, 'it'), { cause: error }) : error;
    });
  await using hosts = new HostSet(command.targets.map(open), redaction);
  const closed = Promise.withResolvers<void>();
  process.stdin.once('end', closed.resolve).once('close', closed.resolve);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => closed.resolve());
  await serve(
    { hosts, redaction, rules: findingsWith(config) },
    {
      version: pkg.version,
      audit,
      closed: closed.promise,
      onError: (error) => warn(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    },
  );
  const names = redaction && keepNames(redaction.redactor, Date.now());
  if (names !== undefined) warn(`pseudonym table: ${names} (private, in no answer)`);
}

/** Standard input belongs to the client: a login that needs an answer fails, with a line on standard error. */
const SILENT: Prompter = {
  secret: async ({ prompt }) => {
    warn(`${prompt} not answered: mcp has no terminal; use an agent, a key without a passphrase or a ControlMaster`);
    return undefined;
  },
  confirm: async ({ title }) => {
    warn(`${title}: not confirmed, mcp has no terminal; connect once with crashcart HOST`);
    return false;
  },
  notify: warn,
};
