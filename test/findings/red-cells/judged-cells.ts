import type { Judged } from '../../../src/findings/judge.ts';
import { cephJudged } from './ceph.ts';
import { containersJudged } from './containers.ts';
import { databasesJudged } from './databases.ts';
import { kernelJudged } from './kernel.ts';
import { kubernetesJudged } from './kubernetes.ts';
import { kvmJudged } from './kvm.ts';
import { machineJudged } from './machine.ts';
import { networkJudged } from './network.ts';
import { openstackJudged } from './openstack.ts';
import { ovsJudged } from './ovs.ts';
import { packagesJudged } from './packages.ts';
import { processesJudged } from './processes.ts';
import { storageJudged } from './storage.ts';
import { systemdJudged } from './systemd.ts';
import type { JudgedCells } from './judged-cell.ts';
import type { RedCell } from './red-cells.ts';

const tables: readonly JudgedCells[] = [
  machineJudged,
  kernelJudged,
  networkJudged,
  systemdJudged,
  packagesJudged,
  storageJudged,
  processesJudged,
  kvmJudged,
  containersJudged,
  cephJudged,
  ovsJudged,
  openstackJudged,
  databasesJudged,
  kubernetesJudged,
];

/** Keys that two tables have, which would hide one of them. */
export const repeatedKeys = (): readonly string[] => {
  const keys = tables.flatMap((table) => Object.keys(table));
  return keys.filter((key, i) => keys.indexOf(key) !== i);
};

export const judgedCells: JudgedCells = Object.assign({}, ...tables) as JudgedCells;

/** Key of the table that a cell stands under: its column, else its whole section. */
export function keyOfCell({ pane, section, column }: RedCell): string | undefined {
  return [`${pane}/${section}/${column}`, `${pane}/${section}/*`].find((key) => Object.hasOwn(judgedCells, key));
}

/** States of reading: what could not be read is judged by no rule. */
const UNREAD = /\b(?:denied|not readable|not in this recording|no access|needs root)\b/;

/** Whether findings of the rules of its column, or the reason that stands there, account for a red cell. */
export function isAccounted(cell: RedCell, found: readonly Judged[]): boolean {
  const judged = judgedCells[keyOfCell(cell) ?? ''];
  if (judged === undefined) return false;
  if (UNREAD.test(cell.text)) return true;
  if ('why' in judged) return true;
  return found.some((finding) => {
    const isOf = (rule: string) => rule === finding.rule || rule === `${finding.rule}/${finding.condition}`;
    if (finding.severity === 'info') return false;
    if (judged.host?.some(isOf)) return true;
    return judged.rules.some(isOf) && (cell.row === undefined || judged.anyRow === true || isAbout(finding, cell));
  });
}

/** Whether a finding names the row: by the id of its entity, of a member, or by its subject. */
function isAbout({ entity, members = [], subject, condition }: Judged, { row = '', name }: RedCell): boolean {
  const texts = [entity, ...members].map(({ id }) => id);
  // Of a container of a pod: `k8s shop web/app` is about the row of pod web in namespace shop.
  const pod = /^k8s (\S+ [^/]+)\//.exec(subject)?.[1];
  return [...texts, subject, pod, condition].some((id) => {
    if (id === undefined) return false;
    const words = id.replaceAll('/', ' ');
    return row === id || row.includes(id) || row.includes(words) || id.includes(row) || name.includes(words);
  });
}
