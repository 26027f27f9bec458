import { setTimeout as sleep } from 'node:timers/promises';
import { runApp } from '../app/run-app.tsx';
import { toolBox } from '../app/tool-box.ts';
import { LiveSession } from '../collect/live-session.ts';
import type { LoadedConfig } from '../config.ts';
import { foldNames } from '../lib/fold-names.ts';
import { GLANCE_BUDGET_PCT, glanceRules, glanceSources } from '../fleet/glance.ts';
import { isRead, isUnreachable } from '../fleet/host-row.ts';
import type { InventoryHost } from '../fleet/inventory.ts';
import { FleetSession, type SetNotes } from '../fleet/live/fleet-session.ts';
import { GatheredQuestions } from '../fleet/live/questions.ts';
import { Ramp } from '../fleet/live/ramp.ts';
import { hostsPane } from '../fleet/pane.ts';
import { Audit } from '../host/audit.ts';
import type { Prompter } from '../host/prompter.ts';
import { createKeyring } from '../host/ssh/connection.ts';
import { JumpLines } from '../host/ssh/jump-lines.ts';
import { openRecording } from '../recording/open-recording.ts';
import { ReplaySession } from '../recording/replay-session.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';
import { explainer, sources } from '../subsystems/index.ts';
import { alertsFor, takesQueries } from './alerts-for.ts';
import { exitCodeOf, reportNames } from './console.ts';
import { confirmed, membersOf } from './each-host.ts';
import { notesOfSet } from './member-files.ts';
import { failOnCode } from './fail-on.ts';
import type { FleetCommand } from './fleet-arguments.ts';
import { controlOf } from './fleet-control.ts';
import { fleetJson, fleetText, redactedFleet } from './fleet-report.ts';
import { FleetTargets } from './fleet-targets.ts';
import { handshakeLog } from './handshake-log.ts';
import { holdStderr } from './hold-stderr.ts';
import { keepNames } from './keep-names.ts';
import { linePrompter } from './line-prompter.ts';
import { holdRepeatedSignals, ignoreLostStderr } from './lost-terminal.ts';
import { findingsWith, ownSettings } from './own-settings.ts';
import { print, warn } from './print.ts';
import { reachHost, watch } from './reach.ts';
import { shortReport } from './short-report.ts';
import { startRecording, startRedacted } from './start-recording.ts';
import { startSharing } from './start-sharing.ts';
import { themeFor } from './theme-for.ts';

/** Period in which the session of a host at a glance looks for due sources. */
const GLANCE_TICK_MS = 500;
/** Time after which a printed matrix no longer waits for hosts. */
const MAX_SETTLE_MS = 45_000;
/** Recordings whose sessions stay open: each has its readings in memory. */
const MOST_OPEN_FILES = 40;
const NOTHING_READ = 1;
const COST = 'Each gets one SSH login and a reader of a few files';

/** Matrix of several hosts or recordings: on the screen, or printed without a terminal. Resolves with the exit code. */
export async function showFleet(command: FleetCommand, config: LoadedConfig): Promise<number> {
  const { members } = command;
  const named = await membersOf(members);
  const onScreen = process.stdout.isTTY && process.stdin.isTTY && command.format === undefined;
  const notes = members.kind === 'files' ? await notesOfSet(members.files) : undefined;
  for (const problem of notes?.problems ?? []) warn(problem);
  const targets = new FleetTargets(named, members.kind === 'hosts' ? members.from : undefined);
  const open = async (prompter: Prompter): Promise<FleetSession> => {
    if (members.kind === 'hosts' && !members.yes) await confirmed(named, prompter, COST);
    const fleet =
      members.kind === 'hosts'
        ? hostFleet(targets, command, config, prompter)
        : fileFleet(named, config, command.screen.redact, notes);
    void fleet.start();
    return fleet;
  };
  return onScreen ? onTerminal(targets, open, command, config) : printed(open, command);
}

/** Fleet of live hosts, each at a glance until its console is opened. */
function hostFleet(
  targets: FleetTargets,
  { reach }: Pick<FleetCommand, 'reach'>,
  config: Pick<LoadedConfig, 'defaults' | 'budgetPct' | 'rules' | 'trouble'>,
  prompter: Prompter,
): FleetSession {
  const reachOf = (name: string) => ({
    ...reach,
    target: targets.of(name),
    backend: reach.backend ?? config.defaults.transport,
  });
  const ramp = new Ramp();
  const questions = new GatheredQuestions(prompter);
  const findings = findingsWith(config);
  const rules = glanceRules(findings);
  const nowMs = () => Date.now();
  const audit = new Audit('fleet', nowMs());
  if (audit.problem) prompter.notify(audit.problem);
  const shared = { audit, keyring: createKeyring(), jumps: new JumpLines() };
  return new FleetSession({
    names: targets.names(),
    depth: 'glance',
    open: async (name, intern, started) => {
      const turn = <Result>(login: () => Promise<Result>) => ramp.run(login, started);
      const { host } = await reachHost(reachOf(name), questions.of(name), undefined, {
        ...shared,
        turn,
        withoutRoot: true,
      });
      const own = { host, live: host, audit, sources: glanceSources(intern), findings: rules, nowMs };
      const session = new LiveSession({ ...own, budgetPct: GLANCE_BUDGET_PCT, tickMs: GLANCE_TICK_MS });
      // All of them are on the screen: the start, which costs more than an hour of reading, does not stretch their periods.
      session.show(own.sources.map(({ id }) => id));
      return session;
    },
    openConsole: async (name, light) => {
      // Root that a password opened is on the connection of the row: another login would have none.
      if (light?.live?.root().state === 'root')
        return watch({ host: light.live, audit }, reach.budgetPct ?? config.budgetPct, findings);
      const turn = <Result>(login: () => Promise<Result>) => login();
      const log = handshakeLog(reach);
      const reached = await reachHost(reachOf(name), prompter, log, { ...shared, turn, withoutRoot: false });
      return watch(reached, reach.budgetPct ?? config.budgetPct, findings);
    },
    questions,
    explainer,
    audit: () => audit.entries,
    nowMs,
  });
}

/** Fleet of recordings and sosreports at their last moment. */
function fileFleet(
  named: readonly InventoryHost[],
  config: LoadedConfig,
  isRedacted: boolean,
  notes: SetNotes | undefined,
): FleetSession {
  const files = new Map(named.map(({ name, target }) => [name, target]));
  const findings = findingsWith(config);
  const ramp = new Ramp();
  const open = async (name: string, fromMs: number): Promise<ReplaySession> => {
    const recording = await openRecording(files.get(name) ?? name, sources);
    return ReplaySession.open({ recording, sources, findings, clock: () => Date.now(), fromMs });
  };
  // Names of all readings are learned for a redacted matrix.
  const isRowEnough = named.length > MOST_OPEN_FILES && !isRedacted;
  return new FleetSession({
    names: named.map(({ name }) => name),
    depth: 'record',
    isRowEnough,
    open: (name, _, started) => ramp.run(() => open(name, Infinity), started),
    ...(isRowEnough && { openConsole: (name) => open(name, Infinity) }),
    explainer,
    notes,
    nowMs: () => Date.now(),
  });
}

async function printed(open: (prompter: Prompter) => Promise<FleetSession>, command: FleetCommand): Promise<number> {
  const fleet = await open(linePrompter(process.stdin, process.stderr));
  try {
    const deadlineMs = Date.now() + MAX_SETTLE_MS;
    while (!isSettled(fleet) && Date.now() < deadlineMs) await sleep(200);
    fleet.judgeNow();
    const nowMs = Date.now();
    const ascii = command.screen.ascii ?? false;
    const text = () => (command.format === 'json' ? fleetJson(fleet, nowMs) : fleetText(fleet, { nowMs, ascii }));
    await print(command.screen.redact ? redactedFleet(fleet, text) : text());
    if (!fleet.sample()?.hosts.some(isRead)) return NOTHING_READ;
    return failOnCode(command.failOn, fleet.findings());
  } finally {
    await fleet.stop();
  }
}

/** Whether each host is unreachable or has rates; a recording whether it is read. */
const isSettled = (fleet: FleetSession): boolean =>
  fleet
    .sample()
    ?.hosts.every(
      (host) =>
        isUnreachable(host) ||
        (host.state === 'recorded' && host.problems !== undefined) ||
        (host.state === 'live' && host.figures.cpu !== undefined && host.facts.length > 0),
    ) ?? false;

async function onTerminal(
  targets: FleetTargets,
  open: (prompter: Prompter) => Promise<FleetSession>,
  { screen, members }: FleetCommand,
  config: LoadedConfig,
): Promise<number> {
  holdRepeatedSignals();
  ignoreLostStderr();
  using resources = new DisposableStack();
  if (process.stderr.isTTY) resources.use(holdStderr(process.stderr));
  const veil = new ScreenRedaction();
  if (screen.redact || screen.present) {
    for (const target of targets.all()) veil.learnTarget(target);
    veil.set(true);
  }
  resources.defer(() => reportNames(keepNames(veil.redactor, Date.now())));
  let fleet: FleetSession | undefined;
  const end = await runApp({
    target: foldNames(targets.names()),
    connect: async (prompter) => {
      fleet = await open(prompter);
      return fleet;
    },
    panes: [hostsPane],
    tab: hostsPane.id,
    openHost: async (name) => {
      if (!fleet) throw new RangeError('not connected');
      return fleet.open(name);
    },
    ...(members.kind === 'hosts' && { fleet: controlOf(() => fleet, targets, veil) }),
    theme: themeFor(screen, config, process.env),
    alerts: alertsFor(config.alerts, process.env),
    asksBackground: takesQueries(process.env),
    keymap: config.keymap,
    tools: toolBox,
    own: ownSettings(config),
    shortReport,
    veil,
    present: screen.present,
    startSharing,
    startRecording: screen.redact ? (session, path, gaps) => startRedacted(session, veil, path, gaps) : startRecording,
    onWritten: (lines) => {
      for (const line of lines) warn(line);
    },
  });
  return exitCodeOf(end);
}
