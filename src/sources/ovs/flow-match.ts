/** Field of a match by name and value; the value of a nested one is its text: `src=10.0.0.1,dst=10.0.0.2`. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** Parts between commas or blanks, outside parentheses and braces. */
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

/** Whether a mask has no bit set: its field is not matched. */
const WILDCARD = /^(?:0x)?[0.:]+$/;

/** `10.1.0.0/255.255.0.0` as `10.1.0.0/16`; prefix masks only. */
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

/** Address with the bits outside its prefix cleared; those belong to the packet that installed the flow. */
function withoutHostBits(address: string, prefix: number): string {
  const bytes = address.split('.').map(Number);
  if (bytes.length !== 4) return address;
  return bytes.map((byte, i) => byte & (0xff << Math.max(0, 8 * (i + 1) - prefix)) & 0xff).join('.');
}

/** Value with its mask; undefined where the mask is empty. */
export function matched(text: string): string | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return text === '' ? undefined : text;
  const mask = text.slice(slash + 1);
  return WILDCARD.test(mask) ? undefined : shortMask(text.slice(0, slash), mask);
}

/** ct_state bits: Documentation, ovs-fields(7). */
const CT_STATES = ['new', 'est', 'rel', 'rpl', 'inv', 'trk', 'snat', 'dnat'];

/** `0x2a/0x23` as `+est+trk-new`; text with names of states is unchanged. */
export function ctState(text: string): string | undefined {
  const [, value, mask] = /^(0x[\da-f]+|0)\/(0x[\da-f]+|0)$/i.exec(text) ?? [];
  if (value === undefined || mask === undefined) {
    const plain = /^(0x[\da-f]+)$/i.test(text) ? ctState(`${text}/0xff`) : text;
    return plain === '' || plain === '0' ? undefined : plain;
  }
  const [bits, cared] = [Number(value), Number(mask)];
  const set = CT_STATES.filter((_, i) => (cared & (1 << i)) !== 0 && (bits & (1 << i)) !== 0);
  const unset = CT_STATES.filter((_, i) => (cared & (1 << i)) !== 0 && (bits & (1 << i)) === 0);
  const states = set.map((name) => `+${name}`).join('') + unset.map((name) => `-${name}`).join('');
  return states === '' ? undefined : states;
}

/** Match of a megaflow without the fields and parts whose mask is empty. */
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

/** Part of a field: `src` of `src=10.0.0.1,dst=10.0.0.2`. */
export function partOf(fields: readonly Field[], name: string, part: string): string | undefined {
  const value = fields.find((field) => field.name === name)?.value;
  if (value === undefined) return undefined;
  for (const pair of splitOutside(value)) if (pair.startsWith(`${part}=`)) return pair.slice(part.length + 1);
  return undefined;
}
