import { lines } from '../../lib/lines.ts';
import type { PhysicalDrive, RaidController, VirtualDrive } from './raid-tools.ts';

const MOST_LINES = 5000;

type Drives = { readonly model: string; readonly virtualDrives: VirtualDrive[]; readonly drives: PhysicalDrive[] };

/**
 * `ssacli ctrl all show config`, and `ssacli ctrl all show status` for the states of the controllers:
 *
 *     Smart Array P440ar in Slot 0 (Embedded)   (sn: PDNLH0BRH8O2TL)
 *           logicaldrive 1 (279.4 GB, RAID 1, OK)
 *           physicaldrive 1I:1:1 (port 1I:box 1:bay 1, SAS, 300 GB, OK)
 *
 *     Smart Array P440ar in Slot 0 (Embedded)
 *        Controller Status: OK
 *        Battery/Capacitor Status: Recharging
 */
export function parseSsacli(config: string, status: string): readonly RaidController[] {
  const found: Drives[] = [];
  for (const line of lines(config).slice(0, MOST_LINES)) {
    const model = nameOf(line);
    if (model !== undefined) found.push({ model, virtualDrives: [], drives: [] });
    const [, kind, id = '', inner = ''] = /^\s+(logical|physical)drive (\S+) \((.+)\)\s*$/.exec(line) ?? [];
    const facts = inner.split(', ');
    const state = facts.at(-1)?.trim();
    const last = found.at(-1);
    if (last === undefined || state === undefined || state === '') continue;
    if (kind === 'logical')
      last.virtualDrives.push({ id, size: facts[0] ?? '', level: facts[1] ?? '', state, name: undefined }); // prettier-ignore
    else // A spare has its role behind its state: `SAS, 300 GB, OK, spare`.
    if (kind === 'physical') {
      const at = facts.at(-1) === 'spare' ? facts.length - 2 : facts.length - 1;
      last.drives.push({ slot: id, state: facts[at] ?? state, size: facts[at - 1] ?? '', model: facts[1] });
    }
  }
  const states = statesOf(status);
  return found.map(({ model, virtualDrives, drives }) => ({
    tool: 'ssacli',
    model,
    firmware: undefined,
    status: states.get(model)?.get('Controller Status'),
    temperatureC: undefined,
    virtualDrives,
    drives,
    battery: states.get(model)?.get('Battery/Capacitor Status'),
  }));
}

/** `Smart Array P440ar in Slot 0 (Embedded)`, without its serial number. */
const nameOf = (line: string): string | undefined => /^(\S.{0,120}? in Slot \S+(?: \(Embedded\))?)/.exec(line)?.[1];

function statesOf(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const states = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const line of lines(text).slice(0, MOST_LINES)) {
    const name = nameOf(line);
    if (name !== undefined) states.set(name, (current = new Map()));
    const [, what, state] = /^\s+([\w /]{1,60} Status): (.{1,120}?)\s*$/.exec(line) ?? [];
    if (what !== undefined && state !== undefined) current?.set(what, state);
  }
  return states;
}
