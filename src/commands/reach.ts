import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Audit } from '../host/audit.ts';
import { requireLinuxHere } from '../host/client-platform.ts';
import { ReachedHost } from '../host/live-host.ts';
import { localTransport } from '../host/local-transport.ts';
import { connect } from '../host/ssh/connect.ts';
import { createKeyring } from '../host/ssh/connection.ts';
import { parseTarget } from '../host/ssh/target.ts';
import type { AnyFinding } from '../findings/finding.ts';
import type { AnySource } from '../sources/source.ts';
import type { Prompter } from '../host/prompter.ts';
import { findings, readPolicy, sources } from '../subsystems/index.ts';
import { LiveSession } from '../collect/live-session.ts';
import type { Reach } from './arguments.ts';
import { handshakeLog } from './handshake-log.ts';

/** Share of one core of the host, percent. */
export const DEFAULT_BUDGET_PCT = 2;

/** Delay of the local inventory: it takes 0.1 s of CPU, and the first screen comes first. */
const INVENTORY_AFTER_MS = 1500;

async function inventory(): Promise<string> {
  await sleep(INVENTORY_AFTER_MS);
  const { localInventory } = await import('../host/inventory.ts');
  return JSON.stringify(await localInventory());
}

export interface Reached {
  readonly host: ReachedHost;
  readonly audit: Audit;
}

/** Connects to the host of the command line. Rejects with a TransportError. */
export async function reachHost(reach: Reach, prompter: Prompter, debug = handshakeLog(reach)): Promise<Reached> {
  const nowMs = () => Date.now();
  const { target: text } = reach;
  if (text === undefined) {
    requireLinuxHere();
    const name = hostname();
    const audit = new Audit(name, nowMs());
    const host = await ReachedHost.reach({
      name,
      kind: 'local',
      connect: () => Promise.resolve(localTransport()),
      policy: readPolicy,
      audit,
      nowMs,
      inventory,
      readOnly: reach.readOnly,
    });
    return { host, audit };
  }
  const target = parseTarget(text, reach.ssh);
  const audit = new Audit(target.host, nowMs());
  if (audit.problem) prompter.notify(audit.problem);
  if (reach.forwardAgent) prompter.notify('-A ignored: crashcart never forwards the agent');
  // Answers are kept for a reconnect.
  const keyring = createKeyring();
  const host = await ReachedHost.reach({
    name: target.text,
    kind: 'ssh',
    connect: async () =>
      (await connect(target, { backend: reach.backend ?? 'auto', keyring, debug }, prompter)).transport,
    policy: readPolicy,
    audit,
    nowMs,
    readOnly: reach.readOnly,
  });
  return { host, audit };
}

/** Session of a connected host, started. */
export const watch = (
  { host, audit }: Reached,
  budgetPct = DEFAULT_BUDGET_PCT,
  rules: readonly AnyFinding[] = findings,
  read: readonly AnySource[] = sources,
): LiveSession =>
  new LiveSession({ host, live: host, audit, sources: read, findings: rules, budgetPct, nowMs: () => Date.now() });
