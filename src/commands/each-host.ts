import type { Session } from '../collect/session.ts';
import type { LoadedConfig } from '../config.ts';
import type { InventoryHost } from '../fleet/inventory.ts';
import { namedHosts } from '../fleet/live/named-hosts.ts';
import { GatheredQuestions } from '../fleet/live/questions.ts';
import { Ramp } from '../fleet/live/ramp.ts';
import type { AnyFinding } from '../findings/finding.ts';
import { Audit } from '../host/audit.ts';
import type { Prompter } from '../host/prompter.ts';
import { createKeyring } from '../host/ssh/connection.ts';
import { JumpLines } from '../host/ssh/jump-lines.ts';
import { TransportError } from '../host/transport.ts';
import type { LiveSession } from '../collect/live-session.ts';
import { plain } from '../lib/plain.ts';
import { plural } from '../lib/units.ts';
import { openRecording } from '../recording/open-recording.ts';
import { ReplaySession } from '../recording/replay-session.ts';
import type { ScreenRedaction } from '../redact/screen-redaction.ts';
import type { AnySource } from '../sources/source.ts';
import { sources } from '../subsystems/index.ts';
import { foldNames } from '../lib/fold-names.ts';
import type { Reach } from './arguments.ts';
import type { FleetMembers } from './fleet-arguments.ts';
import { reachHost, watch } from './reach.ts';
import { memberFiles } from './member-files.ts';

/** Result of one host of a set, or why there is none. */
export type HostResult<Result> = { readonly name: string } & (
  | { readonly result: Result }
  | { readonly failure: string }
);

/** Hosts of a set with their targets: names with ssh targets, or names with files. Throws a NodeSetError; rejects with a RecordingError. */
export async function membersOf(members: FleetMembers): Promise<readonly InventoryHost[]> {
  const named = members.kind === 'hosts' ? namedHosts(members.sets, members.from) : await memberFiles(members.files);
  if (named.length === 0) throw new TransportError('no hosts: the node set is empty');
  return named;
}

/** The set is shown before the first connect. Rejects where the engineer declines. */
export async function confirmed(named: readonly InventoryHost[], prompter: Prompter, cost: string): Promise<void> {
  const targets = named.filter(({ name, target }) => name !== target).slice(0, 8);
  const lines = [
    foldNames(named.map(({ name }) => name)),
    ...targets.map(({ name, target }) => `${name} is ${plain(target)}`),
    `${cost}; passwords are not requested.`,
  ];
  const title = `Connect to ${plural(named.length, 'host')}?`;
  if (!(await prompter.confirm({ title, lines, yes: 'connect' })))
    throw new TransportError(`not connected to ${plural(named.length, 'host')}: not confirmed`, {
      fix: 'confirm it on a terminal, or add --yes',
    });
}

export interface EachHostOptions {
  readonly members: FleetMembers;
  readonly reach: Reach;
  readonly config: Pick<LoadedConfig, 'defaults' | 'budgetPct'>;
  readonly prompter: Prompter;
  /** What is read of each host. Default: all sources. */
  readonly sources?: readonly AnySource[] | undefined;
  readonly findings: readonly AnyFinding[];
  /** Each host has its own audit log, which its recording then has: else one for all. */
  readonly isAuditApart?: boolean | undefined;
  /** Learns the names of all hosts before the first login: readings of one name others, and one whose login fails has none. */
  readonly redaction?: Pick<ScreenRedaction, 'learnTarget'> | undefined;
  /** Sentence of the question before the first connect. */
  readonly cost: string;
}

/** A live host, or a recording at its end. */
export interface OpenMember {
  readonly name: string;
  readonly session: Session;
  readonly live: LiveSession | undefined;
  readonly atMs: () => number;
}

/**
 * Takes something of each host of a set, all at a time but for their logins. A host that fails gives its reason, and the others go on.
 * Sessions end with their result.
 */
export async function eachHost<Result>(options: EachHostOptions, take: (member: OpenMember) => Promise<Result>): Promise<readonly HostResult<Result>[]> {
  const { members, prompter, redaction } = options;
  const named = await membersOf(members);
  for (const { name, target } of named)
    for (const one of members.kind === 'hosts' ? [name, target] : [name]) redaction?.learnTarget(one);
  if (members.kind === 'hosts' && !members.yes) await confirmed(named, prompter, options.cost);
  const open = members.kind === 'hosts' ? liveMembers(options) : recordedMember(options);
  return Promise.all(
    named.map(async (one): Promise<HostResult<Result>> => {
      const { name } = one;
      try {
        const member = await open(one);
        try {
          return { name, result: await take(member) };
        } finally {
          await member.session.stop();
        }
      } catch (error) {
        return { name, failure: plain(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)) };
      }
    }),
  );
} // prettier-ignore

function liveMembers({ reach, config, prompter, sources: read, findings, isAuditApart = false }: EachHostOptions) {
  const ramp = new Ramp();
  const questions = new GatheredQuestions(prompter);
  const auditOf = (name: string): Audit => {
    const audit = new Audit(name, Date.now());
    if (audit.problem) prompter.notify(audit.problem);
    return audit;
  };
  const common = isAuditApart ? undefined : auditOf('fleet');
  const shared = { keyring: createKeyring(), jumps: new JumpLines(), withoutRoot: false };
  return async ({ name, target }: InventoryHost): Promise<OpenMember> => {
    const own = { ...reach, target, backend: reach.backend ?? config.defaults.transport };
    const turn = <Value>(login: () => Promise<Value>) => ramp.run(login);
    const reached = await reachHost(own, questions.of(name), undefined, {
      ...shared,
      audit: common ?? auditOf(name),
      turn,
    });
    const session = watch(reached, reach.budgetPct ?? config.budgetPct, findings, read);
    return { name, session, live: session, atMs: () => Date.now() };
  };
}

/** Recordings are opened a few at a time: each is decoded by the one CPU of this program. */
function recordedMember({ findings }: EachHostOptions) {
  const ramp = new Ramp();
  return ({ name, target }: InventoryHost): Promise<OpenMember> =>
    ramp.run(async () => {
      const recording = await openRecording(target, sources, 'elsewhere');
      const session = await ReplaySession.open({ recording, sources, findings, clock: () => Date.now(), fromMs: Infinity }); // prettier-ignore
      session.player.pause();
      return { name, session, live: undefined, atMs: session.player.positionMs };
    });
}
