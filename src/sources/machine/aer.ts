import { lines, toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { attribute } from '../sysfs.ts';

/**
 * /sys/bus/pci/devices/<pci>/aer_dev_*: errors on the PCI Express links, since v4.19, on devices that report them.
 * Documentation/ABI/testing/sysfs-bus-pci-devices-aer_stats. One line per kind, the sum last:
 *
 * Receiver Error 2
 * Bad TLP 0
 * TOTAL_ERR_COR 2
 */
export const aer = defineSource({
  id: 'aer',
  title: 'PCIe errors (AER)',
  why: 'Finds cards and slots with a bad PCIe link.',
  everySeconds: 60,
  value: 'low',
  reads: {
    correctable: { kind: 'glob', pattern: '/sys/bus/pci/devices/*/aer_dev_correctable' },
    nonFatal: { kind: 'glob', pattern: '/sys/bus/pci/devices/*/aer_dev_nonfatal' },
    fatal: { kind: 'glob', pattern: '/sys/bus/pci/devices/*/aer_dev_fatal' },
  },
  parse: (values): ReadonlyMap<string, PciErrors> | undefined => {
    const correctable = attribute(values.correctable, 5);
    const nonFatal = attribute(values.nonFatal, 5);
    const fatal = attribute(values.fatal, 5);
    const devices = new Set([...correctable.keys(), ...nonFatal.keys(), ...fatal.keys()]);
    if (devices.size === 0) return undefined;
    return new Map(
      [...devices].map((pci) => [
        pci,
        {
          pci,
          correctable: total(correctable.get(pci)),
          nonFatal: total(nonFatal.get(pci)),
          fatal: total(fatal.get(pci)),
          kinds: [...kinds(correctable.get(pci)), ...kinds(nonFatal.get(pci)), ...kinds(fatal.get(pci))],
        },
      ]),
    );
  },
});

/** Errors since boot. */
export interface PciErrors {
  readonly pci: string;
  readonly correctable: number | undefined;
  readonly nonFatal: number | undefined;
  readonly fatal: number | undefined;
  /** Kinds that happened: `Receiver Error`. */
  readonly kinds: readonly string[];
}

const counted = (text: string | undefined): { kind: string; times: number }[] =>
  lines(text ?? '').flatMap((line) => {
    const [, kind = '', count] = /^(.*\S)\s+(\d{1,20})\s*$/.exec(line) ?? [];
    const times = toCount(count);
    return times === undefined ? [] : [{ kind, times }];
  });

const total = (text: string | undefined): number | undefined =>
  counted(text).find(({ kind }) => kind.startsWith('TOTAL_ERR'))?.times;

const kinds = (text: string | undefined): string[] =>
  counted(text)
    .filter(({ kind, times }) => times > 0 && !kind.startsWith('TOTAL_'))
    .map(({ kind }) => kind);
