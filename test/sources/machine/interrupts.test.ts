import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { interruptTotal, parseInterrupts } from '../../../src/sources/machine/interrupts.ts';
import { interruptRates } from '../../../src/sources/machine/interrupt-rates.ts';
import { anyText } from '../../helpers/arbitrary.ts';
import { seen } from '../../helpers/seen.ts';

const text = (nvme: string, net: string) => `           CPU0       CPU2       CPU5       
  0:         96          0          0   IO-APIC   2-edge      timer
 24:          0          0          0   PCI-MSI 67108864-edge      PCIe PME, aerdrv, pciehp
 27: ${nvme}   PCI-MSI 68157441-edge      nvme0q1
 38: ${net} PCI-MSIX-0000:81:00.0   1-edge      virtio2-input.0
 40:          0          0          0 PCI-MSIX-0000:81:00.0   2-edge
 41:          0          7          0  IR-PCI-MSI-edge      eth0-TxRx-0
 42:          0          7          0  ITS-MSI 524288 Edge      mlx5_comp0@pci:0000:41:00.1
NMI:          0          0          0   Non-maskable interrupts
LOC:      32903      34061      12   Local timer interrupts
ERR:          3
MIS:          0
`;

describe('/proc/interrupts', () => {
  const sample = parseInterrupts(text('0 0 14', '5 6635 0'));
  const line = (irq: string) => sample.lines.find((candidate) => candidate.irq === irq);

  test('interrupts keeps CPU numbers when some are offline', () => {
    expect(sample.cpus).toEqual([0, 2, 5]);
    const nvme = line('27');
    expect(Array.from(sample.countCpus.slice(nvme?.from, nvme?.to))).toEqual([5]);
    expect(Array.from(sample.counts.slice(nvme?.from, nvme?.to))).toEqual([14]);
  });

  test('interrupts finds the PCI function, printed or in the MSI number', () => {
    expect(line('27')).toMatchObject({ label: 'nvme0q1', pci: '0000:82:00.0' });
    expect(line('38')).toMatchObject({ label: 'virtio2-input.0', pci: '0000:81:00.0' });
    expect(line('42')).toMatchObject({ label: 'mlx5_comp0@pci:0000:41:00.1', pci: '0000:41:00.1' });
    expect(line('41')).toMatchObject({ label: 'eth0-TxRx-0', pci: undefined });
  });

  test('interrupts parses several actions, none, and architecture interrupts', () => {
    expect(line('24')?.label).toBe('PCIe PME, aerdrv, pciehp');
    expect(line('40')?.label).toBe('');
    expect(line('LOC')?.label).toBe('Local timer interrupts');
  });

  test('interrupts does not count a line with one total for CPU 0', () => {
    expect(line('ERR')).toBeUndefined();
    expect(interruptTotal(sample, 'LOC')).toBe(32_903 + 34_061 + 12);
    expect(interruptTotal(sample, 'NMI')).toBe(0);
    expect(interruptTotal(sample, 'MCE')).toBeUndefined();
  });

  test('interruptRates sorts by rate and names the top CPU', () => {
    const rates = interruptRates(
      seen(parseInterrupts(text('0 0 14', '5 6635 0')), parseInterrupts(text('0 20 34', '5 7635 0')), 2),
    );
    expect(rates?.map(({ irq, perSec, topCpu, topCpuPerSec }) => [irq, perSec, topCpu, topCpuPerSec])).toEqual([
      ['38', 500, 2, 500],
      ['27', 20, 2, 10],
    ]);
  });

  test('interruptRates skips a counter that overflowed', () => {
    const rates = interruptRates(
      seen(parseInterrupts(text('0 0 4294967290', '5 5 0')), parseInterrupts(text('0 0 4', '5 5 0')), 1),
    );
    expect(rates).toEqual([]);
  });

  test('interrupts parses any text', () => {
    fc.assert(
      fc.property(anyText, (rest) => {
        const parsed = parseInterrupts(`   CPU0 CPU1\n${rest}`);
        expect(parsed.counts.every((count) => Number.isFinite(count) && count > 0)).toBe(true);
        expect(parsed.counts.length).toBe(parsed.countCpus.length);
      }),
    );
  });

  test('interrupts keeps a sample small with 256 CPUs and 1 500 lines', () => {
    const header = Array.from({ length: 256 }, (_, cpu) => `CPU${cpu}`).join(' ');
    const rows = Array.from({ length: 1500 }, (_, irq) => {
      const counts = Array.from({ length: 256 }, (_, cpu) => (cpu === irq % 256 ? '123456' : '0'));
      return `${irq}: ${counts.join('          ')}  PCI-MSI ${irq}-edge      nvme${irq}q1`;
    });
    const parsed = parseInterrupts(`${header}\n${rows.join('\n')}\n`);
    expect(parsed.lines.length).toBe(1500);
    expect(parsed.counts.length).toBe(1500);
  });
});
