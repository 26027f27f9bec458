import type { Server } from 'node:http';
import pkg from '../../package.json' with { type: 'json' };
import type { Config } from '../config.ts';
import { hostMetrics, presentIncidents } from '../exports/host-metrics.ts';
import { openMetrics } from '../exports/open-metrics.ts';
import { gated, learnSession } from '../exports/redacted-output.ts';
import { TransportError } from '../host/transport.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';
import { panes } from '../subsystems/index.ts';
import type { DataCommand } from './data-arguments.ts';
import { failOnCode } from './fail-on.ts';
import { keepNames } from './keep-names.ts';
import { linePrompter } from './line-prompter.ts';
import { metricsServer, urlOf } from './metrics-server.ts';
import { openTarget, type OpenTarget } from './open-target.ts';
import { print, warn } from './print.ts';
import { writeNew } from './write-new.ts';

type MetricsCommand = Extract<DataCommand, { kind: 'metrics' }>;
type ExportCommand = Extract<DataCommand, { kind: 'export' }>;

/** Prints figures and incidents of a host or a file once, or writes them to a new file. Resolves with the exit code. */
export async function printMetrics(command: MetricsCommand, config: Config, assets: string): Promise<number> {
  const { failOn, out } = command;
  await using target = await opened(command, config, assets);
  const redaction = command.redact ? new ScreenRedaction() : undefined;
  const text = metricsText(target, redaction);
  if (out === undefined) await print(text);
  else await writeNew(out, text);
  namesKept(redaction);
  return failOnCode(failOn, presentIncidents(target.session, target.nowMs()));
}

/** Serves figures and incidents of a host or a file to Prometheus until a signal. Rejects where the port is not free. */
export async function serveMetrics(command: ExportCommand, config: Config, assets: string): Promise<void> {
  const { listen } = command;
  await using target = await opened(command, config, assets);
  const redaction = command.redact ? new ScreenRedaction() : undefined;
  const server = metricsServer(() => metricsText(target, redaction), warn);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  await listening(server, listen);
  try {
    await print(`${urlOf(server)}\n`);
    await stopped;
  } finally {
    server.close();
    server.closeAllConnections();
    namesKept(redaction);
  }
}

async function opened({ reach }: Pick<ExportCommand, 'reach'>, config: Config, assets: string): Promise<OpenTarget> {
  const prompter = linePrompter(process.stdin, process.stderr);
  const target = await openTarget(reach.target, { reach, config, prompter, assets });
  for (const problem of target.problems) warn(problem);
  return target;
}

/** Metrics of now, or of the end of a recording with its time. */
export function metricsText(
  target: Pick<OpenTarget, 'session' | 'live' | 'nowMs'>,
  redaction: ScreenRedaction | undefined,
): string {
  const { session, live } = target;
  const atMs = target.nowMs();
  learnSession(redaction, session);
  redaction?.set(true);
  const cleaned = new Map<string, string>();
  const clean = (text: string): string => {
    const known = cleaned.get(text) ?? gated(text, redaction);
    cleaned.set(text, known);
    return known;
  };
  try {
    const families = hostMetrics(panes, { session, atMs }, { clean, version: pkg.version });
    return openMetrics(families, live ? undefined : atMs);
  } finally {
    redaction?.set(false);
  }
}

const listening = (server: Server, { host, port }: ExportCommand['listen']): Promise<void> =>
  new Promise((resolve, reject) => {
    server.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        new TransportError(`--listen ${host}:${port}: ${error.code === 'EADDRINUSE' ? 'port in use' : error.message}`, {
          fix: 'take another port, or 0 for a free one',
          cause: error,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });

function namesKept(redaction: ScreenRedaction | undefined): void {
  const names = redaction && keepNames(redaction.redactor, Date.now());
  if (names !== undefined) warn(`pseudonym table: ${names} (private, in no metric)`);
}
