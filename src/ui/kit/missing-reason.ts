import { plain } from '../../lib/plain.ts';
import type { Seen } from '../../timeline/moment.ts';

/**
 * Why one read of a source gave nothing, in words; undefined when it gave something. Parsers are total: they make a
 * sample of nothing as well, whose every figure would be a dash without a reason.
 */
export function whyNothing(seen: Seen<unknown>, read: string): string | undefined {
  if (seen.ageMs === undefined) return 'not read yet';
  const missing = seen.missing[read];
  if (missing === undefined) return undefined;
  return missing.why === 'absent' ? 'not on this host' : plain(`${missing.why}: ${missing.detail}`);
}
