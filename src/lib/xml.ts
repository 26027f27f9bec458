/**
 * Parser of the XML of libvirt and Nova: elements, attributes, text, the five entities. Linear and total: any text gives a tree of the
 * valid parts, or undefined. No DTDs, no external entities.
 */
export interface XmlElement {
  /** With its prefix: `nova:instance`. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Text directly in it, without blanks around. */
  readonly text: string;
}

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/** Depth limit; deeper elements are flattened into their parent. */
const MOST_DEPTH = 64;
const NAME = /[^\s/>=]+/y;
const ATTRIBUTE = /\s*([^\s=/>"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')/y;

export function parseXml(text: string): XmlElement | undefined {
  const root: Open = { name: '', attributes: new Map(), children: [], text: '' };
  const open: Open[] = [root];
  let at = 0;
  while (at < text.length) {
    const top = open.at(-1) ?? root;
    const tag = text.indexOf('<', at);
    if (tag !== at) top.text += text.slice(at, tag < 0 ? undefined : tag);
    if (tag < 0) break;
    if (text.startsWith('<!--', tag)) at = after(text, '-->', tag);
    else if (text.startsWith('<![CDATA[', tag)) {
      at = after(text, ']]>', tag);
      top.text += text.slice(tag + 9, at - 3);
    } else if (text[tag + 1] === '?' || text[tag + 1] === '!') at = after(text, '>', tag);
    else if (text[tag + 1] === '/') {
      at = after(text, '>', tag);
      close(open, text.slice(tag + 2, at - 1).trim());
    } else at = start(text, tag + 1, open);
  }
  while (open.length > 1) close(open, open.at(-1)?.name ?? '');
  return root.children[0];
}

const after = (text: string, what: string, from: number): number => {
  const found = text.indexOf(what, from);
  return found < 0 ? text.length : found + what.length;
};

/** Parses a start tag behind its `<`; returns the index behind it. */
function start(text: string, from: number, open: Open[]): number {
  NAME.lastIndex = from;
  const name = NAME.exec(text)?.[0];
  if (name === undefined) return from;
  let at = from + name.length;
  const attributes = new Map<string, string>();
  for (;;) {
    ATTRIBUTE.lastIndex = at;
    const found = ATTRIBUTE.exec(text);
    if (!found) break;
    attributes.set(found[1] ?? '', decode(found[2] ?? found[3] ?? ''));
    at = ATTRIBUTE.lastIndex;
  }
  const end = after(text, '>', at);
  const element: Open = { name, attributes, children: [], text: '' };
  const parent = open.at(-1);
  if (text[end - 2] === '/' || open.length > MOST_DEPTH) parent?.children.push(element);
  else open.push(element);
  return end;
}

/** Ends the innermost element of this name with open ones inside; an end without a start is ignored. */
function close(open: Open[], name: string): void {
  const place = open.findLastIndex((one) => one.name === name);
  if (place < 1) return;
  while (open.length > place) {
    const element = open.pop();
    if (element) open.at(-1)?.children.push({ ...element, text: decode(element.text.trim()) });
  }
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const decode = (text: string): string =>
  text.includes('&')
    ? text.replaceAll(/&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/g, (whole, name, decimal, hex) => {
        if (typeof name === 'string') return ENTITIES[name] ?? whole;
        const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
        return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
      })
    : text;

const encode = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll("'", '&apos;');

/** Text of a tree, without blanks between elements. */
export function writeXml({ name, attributes, children, text }: XmlElement): string {
  const own = [...attributes].map(([key, value]) => ` ${key}='${encode(value)}'`).join('');
  const inside = encode(text) + children.map(writeXml).join('');
  return inside === '' ? `<${name}${own}/>` : `<${name}${own}>${inside}</${name}>`;
}

/** First descendant along a path of names. */
export function inXml(element: XmlElement | undefined, ...names: readonly string[]): XmlElement | undefined {
  let here = element;
  for (const name of names) here = here?.children.find((child) => child.name === name);
  return here;
}

export const allInXml = (element: XmlElement | undefined, name: string): readonly XmlElement[] =>
  element?.children.filter((child) => child.name === name) ?? [];
