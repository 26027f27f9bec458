import { lines, toCount } from '../../lib/lines.ts';
import { defineDetail } from '../source.ts';

/** Rule that drops or rejects packets. */
export interface DropRule {
  /** `inet filter input`, `filter INPUT`. */
  readonly chain: string;
  /** Raw text without the counter. */
  readonly rule: string;
  /** Since the rule was loaded; undefined for a rule without a counter. */
  readonly packets: number | undefined;
}

/** Rules of a page; the rest is counted. */
const MOST = 300;

export interface Firewall {
  /** Most packets first. */
  readonly rules: readonly DropRule[];
  readonly all: number;
}

/**
 * Rules that drop or reject, with their counters: nft(8) without the elements of sets, else iptables-save(8). Read while the page of a path is
 * open.
 *
 *     table inet filter {
 *       chain input {
 *         type filter hook input priority filter; policy drop;
 *         tcp dport 9000 counter packets 81 bytes 4860 drop
 *
 *     [81:4860] -A INPUT -p tcp -m tcp --dport 9000 -j DROP
 */
export const firewall = defineDetail({
  id: 'firewall',
  title: 'Firewall rules that drop',
  why: 'Shows which rule of nftables or iptables drops packets, while the page of a path is open.',
  everySeconds: 10,
  example: {},
  reads: () => ({
    nft: { kind: 'run', argv: ['nft', '--terse', 'list', 'ruleset'], as: 'root' },
    iptables: { kind: 'run', argv: ['iptables-save', '-c'], as: 'root' },
  }),
  parse: ({ nft, iptables }): Firewall | undefined => {
    if (nft === undefined && iptables === undefined) return undefined;
    // The nft form of iptables writes its rules to both.
    const rules = [...(nft === undefined ? [] : nftRules(nft))];
    const all = rules.length > 0 ? rules : [...iptablesRules(iptables ?? '')];
    return { rules: all.toSorted((a, b) => (b.packets ?? -1) - (a.packets ?? -1)).slice(0, MOST), all: all.length };
  },
});

const COUNTER = /counter packets (\d+) bytes \d+ ?/;

function* nftRules(text: string): Iterable<DropRule> {
  let [table, chain] = ['', ''];
  for (const line of lines(text)) {
    const [, what, name = ''] = /^\s*(table|chain) (.+) \{$/.exec(line) ?? [];
    if (what === 'table') table = name;
    else if (what === 'chain') chain = name;
    const rule = line.trim();
    if (what !== undefined || !/(?:^|\s)(?:drop|reject)(?:\s|$)/.test(rule) || rule.startsWith('type ')) continue;
    yield { chain: `${table} ${chain}`, rule: rule.replace(COUNTER, ''), packets: toCount(COUNTER.exec(rule)?.[1]) };
  }
}

function* iptablesRules(text: string): Iterable<DropRule> {
  let table = '';
  for (const line of lines(text)) {
    if (line.startsWith('*')) table = line.slice(1);
    const [, policy, policyPackets] = /^:(\S+) DROP \[(\d+):\d+\]$/.exec(line) ?? [];
    if (policy !== undefined)
      yield { chain: `${table} ${policy}`, rule: 'policy DROP', packets: toCount(policyPackets) };
    const [, packets, chain, rule] = /^\[(\d+):\d+\] -A (\S+) (.*-j (?:DROP|REJECT)\b.*)$/.exec(line) ?? [];
    if (rule !== undefined) yield { chain: `${table} ${chain}`, rule, packets: toCount(packets) };
  }
}
