import type { Missing, FallbackOrigin } from '../../host/host.ts';
import { lines, toCount, toNumber } from '../../lib/lines.ts';
import { coverageOf, type Coverage } from './coverage.ts';
import { replyOf, snapSwitchd, switchd } from './sockets.ts';
import { defineSource } from '../source.ts';

/**
 * Load of the datapath: ovs-vswitchd(8), ovs-dpctl(8).
 *
 *     netdev@ovs-netdev:                                          upcall/show
 *       flows         : (current 57) (avg 179) (max 5010) (limit 150)
 *       dump duration : 1ms
 *
 *     netdev@ovs-netdev:                                          dpctl/show
 *       lookups: hit:1217332 missed:8169 lost:2580
 *       flows: 57
 *       masks: hit:31 total:2 hit/pkt:1.03                        (kernel datapath only)
 *       port 5: cc-red
 *
 * A miss is a packet without a matching flow: an upcall to a handler thread, which installs a flow. A lost upcall is a
 * dropped packet. The dump duration moves the flow limit.
 */
export const ovsDatapath = defineSource({
  id: 'ovs-datapath',
  title: 'Open vSwitch datapath',
  why: 'Shows the load of the datapath: hits, misses, lost upcalls, flows against the flow limit, masks.',
  everySeconds: 2,
  value: 'high',
  countsSince: 'start',
  reads: {
    upcalls: switchd('upcall/show'),
    snapUpcalls: snapSwitchd('upcall/show'),
    show: switchd('dpctl/show'),
    snapShow: snapSwitchd('dpctl/show'),
    coverage: switchd('coverage/show'),
    snapCoverage: snapSwitchd('coverage/show'),
  },
  parse: ({ upcalls, snapUpcalls, show, snapShow, coverage, snapCoverage }): OvsDatapathSample => {
    const [up, shown, events] = [
      replyOf(upcalls, snapUpcalls),
      replyOf(show, snapShow),
      replyOf(coverage, snapCoverage),
    ];
    return {
      upcalls: upcallsOf(up.text),
      datapaths: datapathsOf(shown.text),
      coverage: coverageOf(events.text),
      silent: up.silent ?? shown.silent,
      instead: up.instead ?? shown.instead,
    };
  },
});

export interface OvsDatapathSample {
  readonly upcalls: readonly Upcalls[];
  readonly datapaths: readonly Datapath[];
  readonly coverage: Coverage;
  /** Reason for no reply of a daemon with a socket. */
  readonly silent: Missing | undefined;
  /** Fallback command that replied in place of the daemon. */
  readonly instead?: FallbackOrigin | undefined;
}

export interface Upcalls {
  readonly datapath: string;
  readonly flows: number | undefined;
  readonly averageFlows: number | undefined;
  readonly mostFlows: number | undefined;
  readonly limit: number | undefined;
  /** Dump duration of the revalidators; above 1300 ms the flow limit is cut, below 1000 ms raised. */
  readonly dumpMs: number | undefined;
}

export interface Datapath {
  readonly name: string;
  readonly hits: number | undefined;
  readonly misses: number | undefined;
  readonly lost: number | undefined;
  readonly flows: number | undefined;
  /** Kernel datapath: masks visited by lookups, and masks in total. */
  readonly maskHits: number | undefined;
  readonly masks: number | undefined;
  readonly ports: ReadonlyMap<number, string>;
}

/** Blocks of a reply by datapath, each after `name@type:` at the left edge. */
function blocks(text: string | undefined): readonly { readonly name: string; readonly lines: readonly string[] }[] {
  const all: { readonly name: string; readonly lines: string[] }[] = [];
  for (const line of lines(text ?? '')) {
    const name = /^(\S+):$/.exec(line)?.[1];
    if (name !== undefined) all.push({ name, lines: [] });
    else all.at(-1)?.lines.push(line);
  }
  return all;
}

const inParentheses = (line: string, name: string): number | undefined =>
  toCount(new RegExp(String.raw`\(${name} (\d+)\)`).exec(line)?.[1]);

function upcallsOf(text: string | undefined): readonly Upcalls[] {
  return blocks(text).map(({ name, lines: own }) => {
    const flows = own.find((line) => /^\s*flows\s*:/.test(line)) ?? '';
    const dump = own.find((line) => /^\s*dump duration\s*:/.test(line)) ?? '';
    return {
      datapath: name,
      flows: inParentheses(flows, 'current'),
      averageFlows: inParentheses(flows, 'avg'),
      mostFlows: inParentheses(flows, 'max'),
      limit: inParentheses(flows, 'limit'),
      dumpMs: toCount(/:\s*(\d+)ms/.exec(dump)?.[1]),
    };
  });
}

function datapathsOf(text: string | undefined): readonly Datapath[] {
  return blocks(text).map(({ name, lines: own }) => {
    const figure = (row: RegExp, field: RegExp) => {
      const line = own.find((one) => row.test(one));
      return line === undefined ? undefined : toNumber(field.exec(line)?.[1]);
    };
    const ports = new Map<number, string>();
    for (const line of own) {
      const [, number, port] = /^\s*port (\d+): (\S+)/.exec(line) ?? [];
      if (number !== undefined && port !== undefined) ports.set(Number(number), port);
    }
    return {
      name,
      hits: figure(/^\s*lookups:/, /\bhit:(\d+)/),
      misses: figure(/^\s*lookups:/, /\bmissed:(\d+)/),
      lost: figure(/^\s*lookups:/, /\blost:(\d+)/),
      flows: figure(/^\s*flows:/, /: *(\d+)/),
      maskHits: figure(/^\s*masks:/, /\bhit:(\d+)/),
      masks: figure(/^\s*masks:/, /\btotal:(\d+)/),
      ports,
    };
  });
}
