import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Audit } from '../host/audit.ts';
import { requireLinuxHere } from '../host/client-platform.ts';
import { ReachedHost } from '../host/live-host.ts';
import { localTransport } from '../host/local-transport.ts';
import { connect } from '../host/ssh/connect.ts';
import { createKeyring, type Keyring } from '../host/ssh/connection.ts';
import type { JumpLines } from '../host/ssh/jump-lines.ts';
import { parseTarget, sshArgs } from '../host/ssh/target.ts';
import type { AnyFinding } from '../findings/finding.ts';
import type { AnySource } from '../sources/source.ts';
import type { LiveHost } from '../host/host.ts';
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

/** Parts that the connections of a fleet have in common. */
export interface SharedReach {
  readonly audit: Audit;
  readonly keyring: Keyring;
  readonly jumps: JumpLines;
  /** Runs a login in its turn. */
  readonly turn: <Result>(login: () => Promise<Result>) => Promise<Result>;
  readonly withoutRoot: boolean;
}

/** Connects to the host of the command line. Rejects with a TransportError. */
export async function reachHost(
  reach: Reach,
  prompter: Prompter,
  debug = handshakeLog(reach),
  shared?: SharedReach,
): Promise<Reached> {
  const nowMs = () => Date.now();
  const { target: text } = reach;
  if (text === undefined) {
    requireLinuxHere();
    const name = hostname();
    const audit = new Audit(name, nowMs());
    const host = await ReachedHost.reach({
      name,
      identity: 'this machine',
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
  const audit = shared?.audit ?? new Audit(target.host, nowMs());
  if (audit.problem && !shared) prompter.notify(audit.problem);
  if (reach.forwardAgent) prompter.notify('-A ignored: crashcart never forwards the agent');
  // Answers are kept for a reconnect.
  const keyring = shared?.keyring ?? createKeyring();
  const turn: SharedReach['turn'] = shared?.turn ?? ((login) => login());
  const host = await ReachedHost.reach({
    name: target.text,
    identity: sshArgs(target).join(' '),
    kind: 'ssh',
    connect: () =>
      turn(async () => {
        const options = { backend: reach.backend ?? 'auto', keyring, debug, jumps: shared?.jumps };
        return (await connect(target, options, prompter)).transport;
      }),
    policy: readPolicy,
    audit,
    nowMs,
    readOnly: reach.readOnly,
    withoutRoot: shared?.withoutRoot,
  });
  return { host, audit };
}

/** Session of a connected host, started. */
export const watch = (
  { host, audit }: { readonly host: LiveHost; readonly audit: Audit },
  budgetPct = DEFAULT_BUDGET_PCT,
  rules: readonly AnyFinding[] = findings,
  read: readonly AnySource[] = sources,
): LiveSession =>
  new LiveSession({ host, live: host, audit, sources: read, findings: rules, budgetPct, nowMs: () => Date.now() });
