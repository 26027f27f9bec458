import { raidFaults } from '../../entities/storage/raid-faults.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import type { PciDevice } from '../../sources/machine/pci-devices.ts';
import { RAID_DRIVERS, raidTools, type RaidController, type RaidMaker } from '../../sources/storage/raid-tools.ts';
import { bindDetail, type SampleOf } from '../../sources/source.ts';
import { nothingWords, ownWords, stateOfDetail, stateWords } from '../../timeline/reading-state.ts';
import { textColumn } from '../../ui/kit/columns.ts';
import { drawFigures, figure } from '../../ui/kit/figure-lines.ts';
import type { Column, Detail, LinesSection, TableSection } from '../pane.ts';

export interface RaidRow {
  readonly pci: string;
  readonly driver: string;
  readonly maker: RaidMaker;
}

/** PCI functions that a driver of a RAID controller serves. */
export const raidRows = (devices: ReadonlyMap<string, PciDevice> | undefined): readonly RaidRow[] =>
  [...(devices?.values() ?? [])].flatMap(({ pci, driver = '' }): RaidRow[] => {
    const maker = RAID_DRIVERS.get(driver);
    return maker === undefined ? [] : [{ pci, driver, maker }];
  });

const TOOLS: Readonly<Record<RaidMaker, string>> = {
  Broadcom: 'storcli64 or perccli64',
  HPE: 'ssacli',
};

export const raidSection = (rows: readonly RaidRow[]): TableSection<RaidRow> => ({
  kind: 'table',
  id: 'raid',
  title: 'RAID controllers',
  note: count(rows.length),
  sources: ['pci-devices'],
  columns: [
    textColumn({ id: 'pci', title: 'PCI', about: 'PCI function; ↵ reads its drives with the tool of its maker.', width: 12, rank: 0, value: ({ pci }) => plain(pci) }),
    textColumn({ id: 'driver', title: 'DRIVER', about: 'Driver of the kernel.', width: 12, rank: 0, value: ({ driver }) => plain(driver) }),
    textColumn({ id: 'cost', title: 'ON DEMAND', about: 'Tool that ↵ runs, and what it costs the host.', vocabulary: 'fixed', width: 40, grow: true, rank: 0, value: ({ maker }) => `${TOOLS[maker]}, asks the firmware, seconds, up to 60 s` }),
  ],
  rows,
  key: ({ pci }) => pci,
  sort: { column: 'pci', descending: false },
  entity: ({ pci }) => entityRef('pci-device', pci),
  name: ({ pci }) => plain(pci),
  detail: ({ maker }) => raidDetail(maker),
  empty: ownWords('none'),
}); // prettier-ignore

/** Drive of either kind, in one table: those in trouble first. */
interface DriveRow {
  readonly key: string;
  readonly controller: string;
  readonly kind: 'virtual' | 'disk';
  readonly id: string;
  readonly state: string;
  readonly size: string;
  readonly what: string;
  readonly isFaulty: boolean;
}

const driveColumns: readonly Column<DriveRow>[] = [
  textColumn({ id: 'controller', title: 'CONTROLLER', about: 'Model of its controller.', width: 16, widest: 32, rank: 1, value: ({ controller }) => plain(controller) }),
  textColumn({ id: 'kind', title: 'KIND', about: 'virtual: a volume that the host has as a disk; disk: a drive behind the controller.', vocabulary: 'fixed', width: 7, rank: 0, value: ({ kind }) => kind }),
  textColumn({ id: 'id', title: 'ID', about: 'Drive group and virtual drive, or enclosure and slot.', width: 9, rank: 0, value: ({ id }) => plain(id) }),
  textColumn({ id: 'state', title: 'STATE', about: 'As the tool has it: Optl, Dgrd, Onln, UBad, Rbld, GHS (global hot spare).', width: 10, widest: 24, rank: 0, role: ({ isFaulty }) => (isFaulty ? 'warn' : 'text'), value: ({ state }) => plain(state) }),
  textColumn({ id: 'size', title: 'SIZE', about: 'Size as the tool has it.', width: 10, rank: 1, value: ({ size }) => plain(size) }),
  textColumn({ id: 'what', title: 'LEVEL / MODEL', about: 'RAID level and name, or model.', width: 16, grow: true, rank: 1, value: ({ what }) => plain(what) }),
]; // prettier-ignore

function driveRows(controllers: readonly RaidController[]): readonly DriveRow[] {
  return controllers.flatMap((controller, i) => {
    const faults = raidFaults(controller).map(({ text }) => text);
    const row = (kind: DriveRow['kind'], id: string, state: string, size: string, what: string): DriveRow => ({
      key: `${i} ${kind} ${id}`,
      controller: controller.model,
      kind,
      id,
      state,
      size,
      what,
      isFaulty: faults.some((text) => text.startsWith(`${kind === 'virtual' ? 'virtual drive' : 'drive'} ${id} `)),
    });
    return [
      ...controller.virtualDrives.map((one) => row('virtual', one.id, one.state, one.size, [one.level, one.name].filter(Boolean).join(' '))),
      ...controller.drives.map((one) => row('disk', one.slot, one.state, one.size, one.model ?? '')),
    ];
  }); // prettier-ignore
}

/** Page of the controllers of one maker, read when it is opened. */
const raidDetail = (maker: RaidMaker): Detail => ({
  id: 'raid',
  title: `RAID controllers (${maker})`,
  sources: { raid: bindDetail(raidTools, { maker }) },
  everySeconds: 0,
  sections: (samples, missing) => {
    // A sample of raidTools by bindDetail, or undefined before the first read.
    const controllers = samples['raid'] as SampleOf<typeof raidTools>;
    const state = stateOfDetail(controllers, missing['raid']);
    const rows = driveRows(controllers ?? []);
    return [
      factsSection(controllers, stateWords(state)),
      {
        kind: 'table',
        id: 'raid-drives',
        title: 'Drives',
        note: count(rows.length),
        sources: ['raid-tools'],
        columns: driveColumns,
        rows,
        key: ({ key }: DriveRow) => key,
        sort: { column: 'id', descending: false },
        first: ({ isFaulty }: DriveRow) => isFaulty,
        empty: nothingWords('no drives', state),
      } satisfies TableSection<DriveRow>,
    ];
  },
});

function factsSection(controllers: readonly RaidController[] | undefined, state: string): LinesSection {
  const lines =
    controllers === undefined || controllers.length === 0
      ? [{ label: 'state', figures: [figure(controllers === undefined ? state : 'no controller in the output of the tool')] }]
      : controllers.flatMap((one) => {
          const faults = raidFaults(one);
          const facts = [one.model, one.firmware && `firmware ${one.firmware}`, one.temperatureC !== undefined && `${one.temperatureC} °C`, one.battery && `battery ${one.battery}`, `read with ${one.tool}`];
          return [
            { label: 'RAID', figures: [figure(plain(facts.filter(Boolean).join(', ')))] },
            { label: 'health', figures: faults.length === 0 ? [figure(plain(one.status ?? 'no fault'))] : faults.map(({ text, severity }) => figure(plain(text), severity)) },
          ];
        }); // prettier-ignore
  return {
    kind: 'lines',
    id: 'raid-controllers',
    title: 'Controllers',
    sources: ['raid-tools'],
    minColumns: 60,
    wantRows: () => lines.length,
    draw: (width, rows, theme) => lines.slice(0, rows).map((line) => drawFigures(line, width, theme)),
  };
}
