/** Exit code of `--fail-on`. */
const FAILED = 3;

/** Exit code: 3 where something present has the severity of `--fail-on` or a worse one, else 0. */
export const failOnCode = (
  from: 'crit' | 'warn' | undefined,
  found: readonly { readonly severity: string; readonly past?: unknown }[],
): number => {
  const isFailed = found.some(
    ({ severity, past }) => !past && (severity === 'crit' || (severity === 'warn' && from === 'warn')),
  );
  return from !== undefined && isFailed ? FAILED : 0;
};
