const SUFFIXES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Divisors of small units: 1900m is 1.9, which 1900 * 0.001 is not. */
const PARTS: Readonly<Record<string, number>> = { n: 1e9, u: 1e6, m: 1e3 };

/**
 * Number of a Kubernetes quantity: `250m`, `64Mi`, `1.5`, `1e3`.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function quantityOf(text: unknown): number | undefined {
  if (typeof text === 'number') return Number.isFinite(text) ? text : undefined;
  if (typeof text !== 'string') return undefined;
  const found = /^([+-]?(?:\d{1,25}(?:\.\d{0,25})?|\.\d{1,25}))(?:([eE][+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i)?)$/.exec(
    text,
  );
  if (!found) return undefined;
  const suffix = found[3] ?? '';
  const value = (Number(`${found[1] ?? ''}${found[2] ?? ''}`) * (SUFFIXES[suffix] ?? 1)) / (PARTS[suffix] ?? 1);
  return Number.isFinite(value) ? value : undefined;
}
