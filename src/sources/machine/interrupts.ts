import { PCI_ADDRESS } from '../sysfs.ts';
import { defineSource } from '../source.ts';

/**
 * /proc/interrupts: count of each interrupt per CPU. proc_interrupts(5), kernel/irq/proc.c `show_interrupts`.
 *
 *            CPU0       CPU1
 *  27:          0          3  PCI-MSI 68157441-edge      nvme0q1
 *  38:          0       6635 PCI-MSIX-0000:00:03.0   1-edge      virtio2-input.0
 * LOC:      32903      34061   Local timer interrupts
 * ERR:          0
 *
 * With 256 CPUs and 1 500 lines the text is 4 MB, but a device's line counts on a few CPUs only. Samples are kept for
 * minutes, so they hold the counts that are not zero, all lines in one pair of arrays, and no slice of the text.
 */
export const interrupts = defineSource({
  id: 'interrupts',
  title: 'Interrupts per CPU',
  why: 'Shows which CPU serves which device, machine checks and thermal events.',
  everySeconds: 5,
  value: 'low',
  countsSince: 'boot',
  reads: { interrupts: { kind: 'file', path: '/proc/interrupts' } },
  parse: ({ interrupts: text }) => (text === undefined ? undefined : parseInterrupts(text)),
});

export interface InterruptLine {
  /** `27`, or the name of an architecture interrupt: `LOC`, `NMI`, `MCE`. */
  readonly irq: string;
  /** Actions (`nvme0q1`), or the description of an architecture interrupt. */
  readonly label: string;
  /** PCI function that raises it, where the line has it. */
  readonly pci: string | undefined;
  /** Its counts are at [from, to) of the sample's arrays. */
  readonly from: number;
  readonly to: number;
}

export interface Interrupts {
  readonly cpus: readonly number[];
  readonly lines: readonly InterruptLine[];
  /** CPU of each count, ascending within a line. */
  readonly countCpus: Uint16Array;
  /** Counts since boot, none of them zero. */
  readonly counts: Float64Array;
}

export function parseInterrupts(text: string): Interrupts {
  const headerEnd = endOfLine(text, 0);
  const cpus = [...text.slice(0, headerEnd).matchAll(/\bCPU(\d{1,5})\b/g)].map((match) => Number(match[1]));
  const lines: InterruptLine[] = [];
  const countCpus: number[] = [];
  const counts: number[] = [];
  for (let start = headerEnd + 1; start < text.length;) {
    const end = endOfLine(text, start);
    const colon = text.indexOf(':', start);
    if (colon > start && colon < end) {
      const from = counts.length;
      let at = colon + 1;
      let column = 0;
      for (; column < cpus.length; column++) {
        const value = numberAt(text, at, end);
        if (value === undefined) break;
        at = value.next;
        if (value.number === 0) continue;
        countCpus.push(cpus[column] ?? 0);
        counts.push(value.number);
      }
      // ERR and MIS have one total and no count per CPU.
      if (column === cpus.length && column > 0) {
        const irq = detached(text.slice(start, colon).trim());
        const rest = text.slice(at, end).trim();
        lines.push({ irq, label: detached(labelOf(irq, rest)), pci: pciOfLine(rest), from, to: counts.length });
      } else {
        counts.length = from;
        countCpus.length = from;
      }
    }
    start = end + 1;
  }
  return { cpus, lines, countCpus: Uint16Array.from(countCpus), counts: Float64Array.from(counts) };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** The decimal number after blanks, where it ends at a blank or the line's end; read in place, since this is the hot loop. */
function numberAt(text: string, from: number, end: number): { number: number; next: number } | undefined {
  let at = from;
  while (at < end && text.charCodeAt(at) === 32) at++;
  const first = at;
  let number = 0;
  for (; at < end; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
    number = number * 10 + digit;
  }
  const whole = at > first && (at === end || text.charCodeAt(at) === 32);
  return whole && at - first <= 20 ? { number, next: at } : undefined;
}

/** Behind a numbered interrupt stand chip and trigger, then the actions after at least two blanks. */
function labelOf(irq: string, rest: string): string {
  if (!/^\d+$/.test(irq)) return rest;
  const parts = rest.split(/\s{2,}/);
  const last = parts.at(-1) ?? '';
  return parts.length === 1 || /^\d+-?(?:edge|level|fasteoi|Edge|Level)?$/.test(last) ? '' : last;
}

/**
 * Newer kernels and some drivers print the PCI address. Before that the number behind PCI-MSI holds it:
 * domain << 27 | bus << 19 | device and function << 11 | index (pci_msi_domain_calc_hwirq, drivers/pci/msi).
 */
function pciOfLine(rest: string): string | undefined {
  const printed = rest.match(PCI_ADDRESS)?.[0];
  if (printed !== undefined) return detached(printed);
  const hwirq = Number(/(?:PCI-MSIX?|ITS-MSI)\s+(\d{1,15})\b/.exec(rest)?.[1] ?? Number.NaN);
  if (Number.isNaN(hwirq)) return undefined;
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  const id = Math.floor(hwirq / 2 ** 11) % 2 ** 16;
  const domain = Math.floor(hwirq / 2 ** 27);
  return `${hex(domain, 4)}:${hex(id >> 8, 2)}:${hex((id >> 3) & 31, 2)}.${id & 7}`;
}

/** A copy: a slice of a long text would keep all of it in memory (V8). */
const detached = (slice: string): string => ` ${slice}`.slice(1);

/** Sum of one line over all CPUs; undefined when the host has no such line. */
export function interruptTotal(sample: Interrupts | undefined, irq: string): number | undefined {
  const line = sample?.lines.find((candidate) => candidate.irq === irq);
  if (!sample || !line) return undefined;
  let sum = 0;
  for (let i = line.from; i < line.to; i++) sum += sample.counts[i] ?? 0;
  return sum;
}
