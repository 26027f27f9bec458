import { lines, toCount, words } from '../../lib/lines.ts';

/** Network counters of a container, from inside its network namespace. */
export interface NetTotals {
  readonly rxBytes: number | undefined;
  readonly txBytes: number | undefined;
  readonly rxPackets: number | undefined;
  readonly txPackets: number | undefined;
  readonly rxErrors: number | undefined;
  readonly txErrors: number | undefined;
  readonly rxDropped: number | undefined;
  readonly txDropped: number | undefined;
}

/** Ports and bridges of nested containers: their bytes also pass the outer interface. */
const INNER = /^(lo|veth.*|docker\d+|br-.*|virbr\d+|lxcbr\d+|lxdbr\d+|incusbr\d+|cni\d+|cali.*|flannel.*|tunl\d+)$/;

const COLUMNS = {
  rxBytes: 0,
  rxPackets: 1,
  rxErrors: 2,
  rxDropped: 3,
  txBytes: 8,
  txPackets: 9,
  txErrors: 10,
  txDropped: 11,
} as const;

/**
 * /proc/PID/net/dev, summed over its interfaces but the loopback: proc_pid_net(5).
 *
 *     eth0: 1296 16 0 0 0 0 0 0 430 5 0 0 0 0 0 0
 */
export function netTotals(text: string | undefined): NetTotals | undefined {
  const sums = new Map<number, number>();
  for (const line of lines(text ?? '')) {
    const colon = line.lastIndexOf(':');
    if (colon < 0 || INNER.test(line.slice(0, colon).trim())) continue;
    const fields = words(line.slice(colon + 1)).map(toCount);
    if (fields.length < 16) continue;
    for (const column of Object.values(COLUMNS)) {
      const value = fields[column];
      if (value !== undefined) sums.set(column, (sums.get(column) ?? 0) + value);
    }
  }
  // No interface but these: unknown, which is not the same as idle.
  if (sums.size === 0) return undefined;
  return {
    rxBytes: sums.get(COLUMNS.rxBytes),
    txBytes: sums.get(COLUMNS.txBytes),
    rxPackets: sums.get(COLUMNS.rxPackets),
    txPackets: sums.get(COLUMNS.txPackets),
    rxErrors: sums.get(COLUMNS.rxErrors),
    txErrors: sums.get(COLUMNS.txErrors),
    rxDropped: sums.get(COLUMNS.rxDropped),
    txDropped: sums.get(COLUMNS.txDropped),
  };
}
