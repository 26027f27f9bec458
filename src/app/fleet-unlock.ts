import { foldNames } from '../lib/fold-names.ts';
import { plain } from '../lib/plain.ts';
import { plural } from '../lib/units.ts';
import { askKeys, askSecret, showMessage } from './dialogs.ts';
import type { UnlockResult } from './fleet-flow.ts';
import type { Screen } from './screen.ts';

/** Asks for a sudo password once for the selected hosts of a fleet or all of them, and shows where it opened root. */
export async function unlockFleet(screen: Screen): Promise<void> {
  const { fleet } = screen;
  if (!fleet) return;
  const names = await chosenHosts(screen, fleet.locked());
  if (names === undefined || names.length === 0) return;
  const prompt = `The password is passed to sudo on ${shown(names)} once, where it asks, and is not stored. Hosts are tried one by one until one accepts it.${warning(fleet.refusals())}`;
  const password = await askSecret(screen.layers, { title: `sudo on ${plural(names.length, 'host')}`, prompt }, screen.changed); // prettier-ignore
  if (password === undefined) return;
  screen.notify(`running sudo on ${plural(names.length, 'host')}`);
  const results = await fleet.unlock(names, password);
  await showMessage(screen.layers, { title: 'sudo', lines: resultLines(results) });
}

/** An account of a directory is one for all hosts: pam_faillock locks it at the third refusal by default. */
const warning = (refusals: number): string =>
  refusals === 0
    ? ''
    : ` Refused ${refusals === 1 ? 'once' : `${refusals} times`} so far: one more may lock the account.`;

/** Whether sudo may be unlocked: of the host, or of a host in the matrix. */
export function isLocked({ watch, fleet, consoles }: Screen): boolean {
  const live = watch?.session.live;
  if (live) return live.root().state !== 'root';
  const isMatrix = consoles?.crumbs().length === 0;
  return isMatrix && fleet !== undefined && fleet.locked().length > 0;
}

/** Hosts of the selected row, or all, without root; undefined when cancelled. */
async function chosenHosts(screen: Screen, locked: readonly string[]): Promise<readonly string[] | undefined> {
  const selected = screen.surface?.selected(screen.theme);
  const members = selected?.section.members?.(selected.row) ?? [];
  const row = new Set(members.flatMap(({ kind, id }) => (kind === 'host' ? [id] : [])));
  const inRow = locked.filter((name) => row.has(name));
  if (inRow.length === 0 || inRow.length === locked.length) return locked;
  const answer = await askKeys<'row' | 'all'>(screen.layers, {
    title: 'sudo',
    lines: [`Open root on the selected hosts, ${shown(inRow)}, or on all ${locked.length} without it?`],
    answers: [
      { key: 's', title: `selected (${inRow.length})`, value: 'row' },
      { key: 'a', title: `all (${locked.length})`, value: 'all' },
    ],
  });
  return answer === undefined ? undefined : answer === 'row' ? inRow : locked;
}

/** `38 hosts: root`, then hosts without it by reason. */
function resultLines(results: readonly UnlockResult[]): readonly string[] {
  const open = results.filter(({ reason }) => reason === undefined);
  const failed = Map.groupBy(
    results.filter(({ reason }) => reason !== undefined),
    ({ reason = '' }) => reason,
  );
  return [
    `root is open on ${open.length} of ${plural(results.length, 'host')}`,
    ...[...failed].map(([reason, hosts]) => `${shown(hosts.map(({ host }) => host))}: ${plain(reason)}`),
  ];
}

const shown = (names: readonly string[]): string => foldNames(names.map((name) => plain(name)));
