import type { ExitRates } from '../../entities/kvm/exits.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { count } from '../../lib/units.ts';
import { ownWords } from '../../timeline/reading-state.ts';
import { countColumn } from '../../ui/kit/columns.ts';
import type { Column, Section, TableSection } from '../pane.ts';
import type { GuestRow } from './guest-row.ts';

interface ExitRow {
  readonly row: GuestRow;
  readonly rates: ExitRates;
}

/** Reasons with a column, as the kernel names them. */
const REASONS: readonly { readonly names: readonly string[]; readonly title: string; readonly about: string }[] = [
  { names: ['halt'], title: 'HALT', about: 'Exits per second of idle vCPUs (HLT).' },
  { names: ['io'], title: 'IO', about: 'Exits per second for port I/O: emulated devices, of which virtio needs few.' },
  { names: ['mmio'], title: 'MMIO', about: 'Exits per second for memory-mapped I/O: emulated devices, timers, interrupt controllers.' },
  { names: ['irq'], title: 'IRQ', about: 'Exits per second for interrupts of the host, timer ticks among them.' },
  {
    names: ['irq_window', 'nmi_window', 'request_irq'],
    title: 'WINDOW',
    about: 'Exits per second to inject an interrupt: few with APIC virtualization.',
  },
  { names: ['signal'], title: 'SIGNAL', about: 'Exits per second to QEMU for a signal.' },
]; // prettier-ignore

const rateOf = ({ rates }: ExitRow, names: readonly string[]): number | undefined => {
  const known = names.flatMap((name) => rates.reasons.get(name) ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, rate) => sum + rate, 0);
};

const columns: readonly Column<ExitRow>[] = [
  { id: 'guest', title: 'GUEST', about: 'Name of the guest.', width: 17, grow: true, rank: 0, value: ({ row }) => row.name },
  countColumn({
    id: 'exits',
    title: 'EXITS/s',
    about: 'Exits of all its vCPUs to the host per second. Each costs 1 to 10 µs of the guest.',
    width: 8,
    rank: 0,
    value: ({ rates }) => rates.all,
  }),
  ...REASONS.map(({ names, title, about }, index) =>
    countColumn<ExitRow>({
      id: title.toLowerCase(),
      title,
      about,
      width: 7,
      rank: index + 1,
      value: (row) => rateOf(row, names),
    }),
  ),
]; // prettier-ignore

/** Exits by guest and reason; no section where debugfs was not read. */
export function exitSections(rows: readonly GuestRow[], exits: ReadonlyMap<number, ExitRates>): readonly Section[] {
  const all = rows.flatMap((row): readonly ExitRow[] => {
    const rates = row.guest.process && exits.get(row.guest.process.pid);
    return rates ? [{ row, rates }] : [];
  });
  if (all.length === 0) return [];
  const table: TableSection<ExitRow> = {
    kind: 'table',
    id: 'exits',
    title: 'Exits to the host',
    note: `${count(all.reduce((sum, { rates }) => sum + rates.all, 0))}/s`,
    sources: ['kvm-exits'],
    columns,
    rows: all,
    key: ({ row }) => row.guest.key,
    sort: { column: 'exits', descending: true },
    entity: ({ row }) => entityRef('guest', row.guest.key),
    name: ({ row }) => row.name,
    empty: ownWords('no guests'),
  };
  return [table];
}
