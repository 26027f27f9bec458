import type { AnySource, SampleOf } from '../../src/sources/source.ts';
import { hostMoments } from './hosts.ts';
import { readSource } from './moments.ts';

/** Sample of a source from a recorded host at its first (0) or a later moment. */
export async function sampleOf<S extends AnySource>(source: S, name: string, moment = 0): Promise<SampleOf<S>> {
  const { host } = hostMoments(name)[moment] ?? {};
  if (!host) throw new Error(`${name} has no moment ${moment}`);
  const { values } = await readSource(source, host);
  // The type of `parse` is lost in AnySource.
  return source.parse(values) as SampleOf<S>;
}
