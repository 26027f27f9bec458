import { lines, toCount, toNumber } from '../../lib/lines.ts';

/** OpenFlow rule of a bridge, with its counters since it was added. */
export interface Rule {
  readonly table: number;
  /** `0x…`; undefined where the dump has none (`bridge/dump-flows`), or of 0. */
  readonly cookie: string | undefined;
  readonly priority: number | undefined;
  readonly match: string;
  readonly actions: string;
  readonly packets: number | undefined;
  readonly bytes: number | undefined;
  readonly ageSeconds: number | undefined;
}

const COUNTERS = /^ *(?:cookie=(0x[\da-f]+), )?(?:table_id=(\d+), )?duration=([\d.]+)s, (?:table=(\d+), )?n_packets=(\d+), n_bytes=(\d+), (?:(?:idle|hard|importance|send_flow_rem|check_overlap|reset_counts|no_readonly_table)[^ ]* )*/; // prettier-ignore

/**
 * Rules of a dump: `bridge/dump-flows` of ovs-vswitchd(8), which omits table 0 and the cookie, and `dump-flows` of ovs-ofctl(8).
 *
 *     table_id=1, duration=335s, n_packets=501332, n_bytes=29096208, priority=90,ct_state=+new+trk,ip,actions=…
 *      cookie=0xc3ebbed9, duration=96.047s, table=44, n_packets=0, n_bytes=0, idle_age=96, priority=110,ip,metadata=0x1 actions=…
 */
export function rulesOf(text: string | undefined): readonly Rule[] {
  return lines(text ?? '').flatMap((line): Rule[] => {
    const at = line.indexOf('actions=');
    const head = COUNTERS.exec(line);
    if (!head || at < 0) return [];
    const match = line.slice(head[0].length, at).replace(/[, ]+$/, '');
    const priority = /^priority=(\d+),?/.exec(match);
    return [
      {
        table: toCount(head[2] ?? head[4]) ?? 0,
        cookie: head[1] === '0x0' ? undefined : head[1],
        priority: toCount(priority?.[1]),
        match: priority ? match.slice(priority[0].length) : match,
        actions: line.slice(at + 8),
        ageSeconds: toNumber(head[3]),
        packets: toCount(head[5]),
        bytes: toCount(head[6]),
      },
    ];
  });
}
