/**
 * Meaning of the counters of network drivers, by their names: each driver has its set. Documentation/networking/device_drivers (mlx5
 * counters.rst, ena.rst, i40e.rst), Documentation/networking/statistics.rst.
 */
export type LossKind = 'ring' | 'wire' | 'timeout' | 'card';

/**
 * Counters that are no loss: drops that an XDP program decides, filters (`rx_steer_missed_packets`: no flow of the card matches), caches,
 * retries; checksums, which the kernel checks itself then; errors that FEC corrects (`rx_err_lane_0_phy`); time stamps of PTP; frames of the
 * BMC (`dropped_smbus`); buffers that were late while the FIFO had room (`rx_no_buffer_count`).
 */
const NO_LOSS =
  /xdp|fdir|flow_director|arfs|steer_missed|cache|recover|_ok$|filter|vlan_(?:unmatched|discard)|tls|interrupt|irq|reuse|loopback|csum|checksum|err_lane|tstamp|ptp_|smbus|rx_no_buffer_count/i;

const KINDS: readonly (readonly [pattern: RegExp, kind: LossKind])[] = [
  [/timeout/i, 'timeout'],
  [/crc|fcs|symbol|jabber|align|frame_err|length_err|(?:under|over)size|fragments|bad_?octets/i, 'wire'],
  [/out_of_buf|no_?buf|no_dma|alloc.*(?:fail|err)|missed|fifo|overrun|over_err|overflow|buff_alloc_err|no_?mem|^rx_drops$/i, 'ring'],
  [/discard|drop|err|fail|miss/i, 'card'],
]; // prettier-ignore

/** `rx0_drops`, `rx_queue_3_drops`, `rx-4.drops`, `[1]: rx_discards`: one queue of several. */
const QUEUE = /^\[\d+\]:? *|^(rx|tx)?[-_]?(?:queue[-_])?\d+[-_.](?=[a-z])/;

/** Kind of loss that a counter has; undefined for one that has none. */
export const lossKind = (name: string): LossKind | undefined =>
  NO_LOSS.test(name) ? undefined : KINDS.find(([pattern]) => pattern.test(name))?.[1];

/**
 * Loss counters of a card by name. Counters of queues are left out where the card has their sum, else added up under the name without the
 * queue.
 */
export function lossCounters(all: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const perQueue = new Map<string, number>();
  for (const [name, value] of all) {
    if (lossKind(name) === undefined) continue;
    const bare = name.replace(QUEUE, (_, way: string | undefined) => (way === undefined ? '' : `${way}_`));
    if (bare === name) found.set(name, value);
    else perQueue.set(bare, (perQueue.get(bare) ?? 0) + value);
  }
  for (const [name, value] of perQueue) if (!found.has(name)) found.set(name, value);
  return found;
}
