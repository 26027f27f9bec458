/** A name of a match and what it says; nested ones are told apart by their own text: `src=10.0.0.1,dst=10.0.0.2`. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** The parts between commas (or blanks) that stand outside of parentheses and braces. */
export function splitOutside(text: string): readonly string[] {
  const all: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '(' || character === '{' || character === '<') depth++;
    else if (character === ')' || character === '}' || character === '>') depth--;
    else if (character === ',' && depth <= 0) {
      all.push(text.slice(from, at));
      from = at + 1;
    }
  }
  if (from < text.length) all.push(text.slice(from));
  return all.map((part) => part.trim()).filter((part) => part !== '');
}

/** A mask without a bit set: what it masks is not matched at all. */
const WILDCARD = /^(?:0x)?[0.:]+$/;

/** `10.1.0.0/255.255.0.0` as `10.1.0.0/16`: only masks that are a prefix. */
function shortMask(value: string, mask: string): string {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(mask)) {
    const bits = mask
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
    if (/^1*0*$/.test(bits)) return `${withoutHostBits(value, bits.indexOf('0'))}/${bits.indexOf('0')}`;
  }
  return `${value}/${mask}`;
}

/** The address with the bits cleared that its prefix does not match: they are those of the packet that made the flow. */
function withoutHostBits(address: string, prefix: number): string {
  const bytes = address.split('.').map(Number);
  if (bytes.length !== 4) return address;
  return bytes.map((byte, i) => byte & (0xff << Math.max(0, 8 * (i + 1) - prefix)) & 0xff).join('.');
}

/** A value with its mask, or undefined where the mask is empty. */
export function matched(text: string): string | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return text === '' ? undefined : text;
  const mask = text.slice(slash + 1);
  return WILDCARD.test(mask) ? undefined : shortMask(text.slice(0, slash), mask);
}

/** ct_state bits: Documentation, ovs-fields(7). */
const CT_STATES = ['new', 'est', 'rel', 'rpl', 'inv', 'trk', 'snat', 'dnat'];

/** `0x2a/0x23` as `+est+trk-new`; text that names states already is left as it is. */
export function ctState(text: string): string | undefined {
  const [, value, mask] = /^(0x[\da-f]+|0)\/(0x[\da-f]+|0)$/i.exec(text) ?? [];
  if (value === undefined || mask === undefined) {
    const plain = /^(0x[\da-f]+)$/i.test(text) ? ctState(`${text}/0xff`) : text;
    return plain === '' || plain === '0' ? undefined : plain;
  }
  const [bits, cared] = [Number(value), Number(mask)];
  const set = CT_STATES.filter((_, i) => (cared & (1 << i)) !== 0 && (bits & (1 << i)) !== 0);
  const unset = CT_STATES.filter((_, i) => (cared & (1 << i)) !== 0 && (bits & (1 << i)) === 0);
  const said = set.map((name) => `+${name}`).join('') + unset.map((name) => `-${name}`).join('');
  return said === '' ? undefined : said;
}

/** What a megaflow really matches: fields and parts of fields whose mask is empty are left out. */
export function fieldsOf(match: string): readonly Field[] {
  return splitOutside(match).flatMap((part): Field[] => {
    const open = part.indexOf('(');
    if (open <= 0 || !part.endsWith(')')) return [];
    const name = part.slice(0, open);
    const inner = part.slice(open + 1, -1);
    if (name === 'encap') return [...fieldsOf(inner)];
    if (name === 'ct_state') return withValue(name, ctState(inner));
    if (!inner.includes('=')) return withValue(name, matched(inner));
    const kept = splitOutside(inner).flatMap((pair) => {
      const equals = pair.indexOf('=');
      if (equals <= 0) return [pair];
      const value = matched(pair.slice(equals + 1));
      return value === undefined ? [] : [`${pair.slice(0, equals)}=${value}`];
    });
    return kept.length === 0 ? [] : [{ name, value: kept.join(',') }];
  });
}

const withValue = (name: string, value: string | undefined): Field[] => (value === undefined ? [] : [{ name, value }]);

/** One part of a field: `src` of `src=10.0.0.1,dst=10.0.0.2`. */
export function partOf(fields: readonly Field[], name: string, part: string): string | undefined {
  const value = fields.find((field) => field.name === name)?.value;
  if (value === undefined) return undefined;
  for (const pair of splitOutside(value)) if (pair.startsWith(`${part}=`)) return pair.slice(part.length + 1);
  return undefined;
}
