import { lines, toCount } from '../../lib/lines.ts';

/** OpenFlow rule that a traced packet met, in the order of the trace. */
export interface TracedRule {
  readonly bridge: string;
  readonly table: number;
  readonly priority: number | undefined;
  /** `0x…`; undefined for a cookie of 0, which is not printed, and without a match. */
  readonly cookie: string | undefined;
  /** Match of the rule; undefined where no rule of the table matched. */
  readonly match: string | undefined;
  /** Actions, in their order. */
  readonly actions: readonly string[];
}

export interface Trace {
  readonly rules: readonly TracedRule[];
  /** Fate of the packet in one line: where and why it is dropped, else its datapath actions. */
  readonly outcome: string | undefined;
  readonly drops: boolean;
}

const NOTHING: Trace = { rules: [], outcome: undefined, drops: false };

/**
 * Rules and outcome of `ofproto/trace`: ovs-vswitchd(8), ofproto-dpif-trace.c. `>>>>` is
 * an error of the translation, `>>` a warning, `->` a remark.
 *
 *     bridge("br-int")
 *     ----------------
 *     46. tcp,reg0=0x200/0x200,metadata=0x2, priority 3000, cookie 0xa2b23bc4
 *         drop
 *     20. priority 0, cookie 0x5
 *         NORMAL
 *          >>>> dropping VLAN 7 tagged packet received on port cc-red configured as VLAN 10 access port <<<<
 *     30. No match.
 *     Datapath actions: drop
 */
export function traceOf(text: string | undefined): Trace {
  if (text === undefined) return NOTHING;
  const rules: (TracedRule & { readonly actions: string[] })[] = [];
  let bridge = '';
  let warning: string | undefined;
  let failure: string | undefined;
  let datapathActions: string | undefined;
  for (const line of lines(text)) {
    // A resumed packet begins with `thaw`, not an action of the rule before.
    if (/^ +(?:thaw|Resuming from table \d+)$/.test(line)) continue;
    const rule = /^ *(\d+)\. (.*)$/.exec(line);
    const inside = /^ {4,}(.*\S)/.exec(line)?.[1];
    if (rule) {
      rules.push(ruleOf(bridge, toCount(rule[1]) ?? 0, rule[2] ?? ''));
      warning = undefined;
    } else if (/^ *bridge\("/.test(line)) bridge = /"([^"]*)"/.exec(line)?.[1] ?? bridge;
    else if (line.startsWith('Datapath actions: ')) datapathActions = line.slice(18).trim();
    else if (line.startsWith('Translation failed')) failure = line.trim();
    else if (inside?.startsWith('>>>>')) warning = inside.replace(/^>+ ?| ?<+$/g, '');
    else if (inside?.startsWith('>>')) warning ??= inside.slice(2).trim();
    else if (inside !== undefined && !inside.startsWith('->') && !/^-+$/.test(inside))
      rules.at(-1)?.actions.push(inside);
  }
  const drops = failure !== undefined || datapathActions === 'drop';
  const outcome = drops
    ? `dropped: ${failure ?? dropWords(rules.at(-1), warning)}`
    : datapathActions && `datapath actions: ${datapathActions}`;
  return { rules, outcome, drops };
}

/** Names the last rule of a dropped packet, and the warning that came with it. */
function dropWords(last: TracedRule | undefined, warning: string | undefined): string {
  if (last === undefined) return warning ?? 'before any rule';
  const place = `${last.bridge} table ${last.table}`;
  const rule =
    last.match === undefined
      ? `no match in ${place}`
      : `${place} priority ${last.priority ?? 0}, actions=${last.actions.at(-1) ?? 'drop'}`;
  return warning === undefined ? rule : `${warning} (${rule})`;
}

function ruleOf(bridge: string, table: number, text: string): TracedRule & { readonly actions: string[] } {
  const [, match = '', priority, cookie] = /^(?:(.*), )?priority (\d+)(?:, cookie (0x[\da-f]+))?/.exec(text) ?? [];
  return {
    bridge,
    table,
    priority: toCount(priority),
    cookie,
    match: priority === undefined ? undefined : match,
    actions: [],
  };
}
