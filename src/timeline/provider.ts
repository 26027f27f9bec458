import type { Moment, Needs } from './moment.ts';

/** Moment of some needs at one time: of a live host, a replay, or a recorded host. */
export type MomentOf = <N extends Needs>(needs: N) => Moment<N>;

/** Provider is one subsystem's part of a list (dependencies, consumers, changes): samples in, values out. Pure; unread samples give none. */
export interface Provider<N extends Needs, Value> {
  readonly id: string;
  readonly needs: N;
  readonly of: (moment: Moment<N>) => readonly Value[];
}

// oxlint-disable-next-line typescript/no-explicit-any -- a list of providers of different needs
export type AnyProvider<Value> = Provider<any, Value>;

/** Function that checks a provider of such values against its needs. */
export const providersOf =
  <Value>() =>
  <const N extends Needs>(provider: Provider<N, Value>): Provider<N, Value> =>
    provider;

/** All that the providers make of a moment. One that throws gives none, the others go on. */
export function provided<Value>(providers: readonly AnyProvider<Value>[], momentOf: MomentOf): readonly Value[] {
  return providers.flatMap((provider): readonly Value[] => {
    try {
      return provider.of(momentOf(provider.needs));
    } catch {
      return [];
    }
  });
}
