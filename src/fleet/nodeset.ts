/**
 * Node sets in the syntax of ClusterShell (nodeset(1)): ranges `node[1-40]` with padding (`[01-40]`), steps (`[0-9/2]`) and several
 * dimensions (`rack[1-2]node[3,5]`), groups `@compute` and `@source:compute`, and the operators `,` (or a blank) union, `!` difference,
 * `&` intersection, `^` symmetric difference, from left to right. https://clustershell.readthedocs.io/en/latest/tools/nodeset.html
 */

/** Limit of names of a set. */
export const MAX_NAMES = 4096;
const MAX_TEXT = 65_536;
/** Limit of groups within groups. */
const MAX_DEPTH = 8;
/** Digits of a number in a range. */
const MAX_DIGITS = 15;

/** Node sets of a group, as its source prints them; throws a NodeSetError for one that it does not have. Without a name: all. */
export type GroupLookup = (group: string | undefined, source: string | undefined) => string;

/** Node set that cannot be expanded, described in one sentence. */
export class NodeSetError extends Error {
  override readonly name = 'NodeSetError';
}

const noGroups: GroupLookup = (group) => {
  throw new NodeSetError(`@${group ?? '*'}: no source of groups`);
};

/** Address in brackets, with its user. */
const ADDRESS = /^(?:ssh:\/\/)?(?:[^@[\]]*@)?\[[\w.:%-]*:[\w.:%-]*\]/;

/** Whether a text is more than one plain name: a range, a group or an operator. An IPv6 address in brackets is a name. */
export const isNodeSet = (text: string): boolean => /^@|@@|[,!&^\s]/.test(text) || /\[/.test(text.replace(ADDRESS, ''));

/** Names of a node set, each once, in the order of the text. Throws a NodeSetError. */
export function expandNodeSet(text: string, groupsOf: GroupLookup = noGroups): readonly string[] {
  return [...expanded(text, groupsOf, 0)];
}

type Operator = ',' | '!' | '&' | '^';

function expanded(text: string, groupsOf: GroupLookup, depth: number): ReadonlySet<string> {
  if (text.length > MAX_TEXT) throw new NodeSetError(`node set longer than ${MAX_TEXT} characters`);
  if (depth > MAX_DEPTH) throw new NodeSetError(`groups within groups deeper than ${MAX_DEPTH}: ${shown(text)}`);
  let found = new Set<string>();
  for (const { operator, operand } of operands(text)) {
    const names = operand.startsWith('@')
      ? expanded(groupText(operand, groupsOf), groupsOf, depth + 1)
      : new Set(namesOf(operand));
    if (operator === ',') for (const name of names) found.add(name);
    else {
      const left = [...found].filter((name) => names.has(name) === (operator === '&'));
      const right = operator === '^' ? [...names].filter((name) => !found.has(name)) : [];
      found = new Set([...left, ...right]);
    }
    if (found.size > MAX_NAMES) throw tooMany();
  }
  return found;
}

const tooMany = (): NodeSetError => new NodeSetError(`more than ${MAX_NAMES} names`);
const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** Operands with the operator before each; operators within brackets belong to a range. */
function operands(text: string): readonly { readonly operator: Operator; readonly operand: string }[] {
  const found: { operator: Operator; operand: string }[] = [];
  let operator: Operator | undefined;
  for (const [token] of text.matchAll(/\s*[,!&^]\s*|\s+|(?:\[[^\]]*\]|[^\s,!&^[])+|\[/g)) {
    const sign = token.trim();
    if (sign === '[') throw new NodeSetError(`missing ] in ${shown(text)}`);
    if (sign === '' || sign === ',' || sign === '!' || sign === '&' || sign === '^') {
      if (operator !== undefined && operator !== ',' && sign !== '')
        throw new NodeSetError(`two operators in ${shown(text)}`);
      if (sign !== '' || operator === undefined) operator = sign === '' ? ',' : sign;
      continue;
    }
    found.push({ operator: operator ?? ',', operand: token });
    operator = undefined;
  }
  if (operator !== undefined && operator !== ',') throw new NodeSetError(`nothing after ${operator} in ${shown(text)}`);
  return found;
}

function groupText(operand: string, groupsOf: GroupLookup): string {
  const [, source, group] = /^@(?:([\w.+-]+):)?([\w.+*@-]+)$/.exec(operand) ?? [];
  if (group === undefined) throw new NodeSetError(`invalid name of a group: ${shown(operand)}`);
  return groupsOf(group === '*' ? undefined : group, source);
}

/** Names of one pattern: the product of its ranges. */
function namesOf(pattern: string): readonly string[] {
  let names = [''];
  let rest = pattern.replace(ADDRESS, (address) => {
    names = [address];
    return '';
  });
  while (rest !== '') {
    const at = rest.indexOf('[');
    const end = at < 0 ? rest.length : at;
    const literal = rest.slice(0, end);
    if (!/^[\p{L}\p{N}._:@%+/~-]*$/u.test(literal))
      throw new NodeSetError(`invalid character in a name: ${shown(pattern)}`);
    const close = at < 0 ? -1 : rest.indexOf(']', at);
    const parts = at < 0 ? [''] : rangeOf(rest.slice(at + 1, close), pattern);
    if (names.length * parts.length > MAX_NAMES) throw tooMany();
    names = names.flatMap((name) => parts.map((part) => name + literal + part));
    rest = at < 0 ? '' : rest.slice(close + 1);
  }
  return names;
}

/** Numbers of `1-3,07,0-9/2`, with their padding. */
function rangeOf(text: string, pattern: string): readonly string[] {
  const found = new Set<string>();
  for (const part of text.split(',')) {
    const [, first, last = first, step = '1'] = /^(\d+)(?:-(\d+)(?:\/(\d+))?)?$/.exec(part.trim()) ?? [];
    if (first === undefined || last === undefined || Math.max(first.length, last.length, step.length) > MAX_DIGITS)
      throw new NodeSetError(`invalid range [${shown(text)}] in ${shown(pattern)}`);
    const [from, to, by] = [Number(first), Number(last), Number(step)];
    if (to < from || by < 1) throw new NodeSetError(`invalid range [${shown(text)}] in ${shown(pattern)}`);
    if ((to - from) / by > MAX_NAMES) throw tooMany();
    const width = first.startsWith('0') ? first.length : 0;
    for (let number = from; number <= to; number += by) found.add(String(number).padStart(width, '0'));
    if (found.size > MAX_NAMES) throw tooMany();
  }
  return [...found];
}
