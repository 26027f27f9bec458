/** Names as a node set that expands to them: `node[1-36,40],web`. Names without common parts stay as they are. */
export function foldNames(names: readonly string[]): string {
  const byShape = Map.groupBy(new Set(names), (name) => shapeOf(name));
  return [...byShape].map(([shape, all]) => foldShape(shape, all)).join(',');
}

/** Numbers of a name that may be folded; longer ones are ids. */
const NUMBER = /\d{1,9}(?!\d)(?<!\d{10,})/g;

/** Name with a mark for each number: names with the same shape differ in their numbers only. */
const shapeOf = (name: string): string => name.replaceAll(NUMBER, '\0');

/** One member of a product: for each number of the shape its values. */
type Product = readonly (readonly string[])[];

function foldShape(shape: string, names: readonly string[]): string {
  const texts = shape.split('\0');
  let products: readonly Product[] = names.map((name) => [...name.matchAll(NUMBER)].map(([digits]) => [digits]));
  // Last number first: products that differ in one dimension alone are one.
  for (let place = texts.length - 2; place >= 0; place--) {
    const groups = Map.groupBy(products, (product) =>
      product.map((values, at) => (at === place ? '' : values.join(','))).join('\n'),
    );
    products = [...groups.values()].map((group) =>
      (group[0] ?? []).map((values, at) => (at === place ? group.flatMap((one) => one[place] ?? []) : values)),
    );
  }
  return products
    .map((product) =>
      texts.map((text, at) => text + (product[at] === undefined ? '' : rangeText(product[at]))).join(''),
    )
    .join(',');
}

/** `7` for one number, `[1-3,7]` for more. */
function rangeText(values: readonly string[]): string {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return only;
  // A number as long as one with a leading zero is padded.
  const padded = new Set(values.filter((value) => /^0\d/.test(value)).map(({ length }) => length));
  const widthOf = (value: string): number => (padded.has(value.length) ? value.length : 0);
  const sorted = values.toSorted((a, b) => widthOf(a) - widthOf(b) || Number(a) - Number(b));
  const parts: string[] = [];
  for (let from = 0; from < sorted.length;) {
    let to = from;
    const isNext = (a = '', b = '') => widthOf(a) === widthOf(b) && Number(b) === Number(a) + 1;
    while (to + 1 < sorted.length && isNext(sorted[to], sorted[to + 1])) to++;
    parts.push(from === to ? `${sorted[from]}` : `${sorted[from]}-${sorted[to]}`);
    from = to + 1;
  }
  return `[${parts.join(',')}]`;
}
