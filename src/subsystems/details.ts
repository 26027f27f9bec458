import type { Read } from '../host/host.ts';
import type { DetailSource, Reads } from '../sources/source.ts';

/** Reads of a detail source for its example target: a row of the sheet of all reads. */
export interface DetailReads {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly reads: readonly Read[];
}

export const withExample = <Target, R extends Reads>(source: DetailSource<Target, R>): DetailReads => ({
  id: source.id,
  title: source.title,
  why: source.why,
  reads: Object.values<Read>(source.reads(source.example)),
});
