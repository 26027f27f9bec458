import { lines } from '../../lib/lines.ts';

export interface Bond {
  readonly name: string;
  readonly mode: string | undefined;
  /** `negotiated`, `configured`, `off`. */
  readonly lacp: string | undefined;
  readonly members: readonly BondMember[];
}

export interface BondMember {
  readonly name: string;
  readonly enabled: boolean;
  readonly active: boolean;
  /** LACP of this member: `current attached`, `defaulted detached`, `expired`; undefined without LACP. */
  readonly lacp: string | undefined;
}

/** `---- name ----` begins each. */
const blocksOf = (text: string | undefined) => {
  const all: { readonly name: string; readonly lines: string[] }[] = [];
  for (const line of lines(text ?? '')) {
    const name = /^---- (.*) ----$/.exec(line)?.[1];
    if (name !== undefined) all.push({ name, lines: [] });
    else all.at(-1)?.lines.push(line);
  }
  return all;
};

/**
 * `bond/show` and `lacp/show`: ovs-vswitchd(8). Before 2.15 a member was called a slave.
 *
 *     ---- bond-a ----                      ---- bond-a ----
 *     bond_mode: balance-tcp                  status: active negotiated
 *     lacp_status: negotiated
 *     member cc-b0a: enabled                member: cc-b0a: current attached
 *       active member
 */
export function bondsOf(shown: string | undefined, lacp: string | undefined): readonly Bond[] {
  const states = new Map<string, string>();
  for (const { lines: own } of blocksOf(lacp))
    for (const line of own) {
      const [, name, state] = /^(?:member|slave): (\S+): (.*)$/.exec(line) ?? [];
      if (name !== undefined && state !== undefined) states.set(name, state);
    }
  return blocksOf(shown).map(({ name, lines: own }) => {
    const members: BondMember[] = [];
    const field = (key: string) => own.find((line) => line.startsWith(`${key}: `))?.slice(key.length + 2);
    for (const line of own) {
      const [, member, state] = /^(?:member|slave) (\S+): (enabled|disabled)/.exec(line) ?? [];
      const last = members.at(-1);
      if (member !== undefined)
        members.push({ name: member, enabled: state === 'enabled', active: false, lacp: states.get(member) });
      else if (last && /^\s+active (?:member|slave)$/.test(line))
        members[members.length - 1] = { ...last, active: true };
    }
    return { name, mode: field('bond_mode'), lacp: field('lacp_status'), members };
  });
}
