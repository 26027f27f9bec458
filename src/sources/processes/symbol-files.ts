import { fields, items, json, textOf, textsOf } from '../../lib/json.ts';
import { defineDetail } from '../source.ts';

/** Files with symbols beyond the host, by build-id. */
export interface SymbolFiles {
  /** On this machine. */
  readonly local: ReadonlyMap<string, string>;
  /** At a server of debuginfod; undefined where none was asked. */
  readonly remote: ReadonlyMap<string, string> | undefined;
  readonly servers: readonly string[];
  /** Servers that did not answer a request, with the reason. */
  readonly failed: ReadonlyMap<string, string>;
}

/** Debug symbols of build-ids on this machine and at debuginfod. */
export const symbolFiles = defineDetail({
  id: 'symbol-files',
  title: 'Debug symbols beyond the host',
  why: 'Shows which symbols of a process this machine has, and which debuginfod has, when the engineer opens them. Nothing is sent to the host.',
  everySeconds: 3600,
  example: { buildIds: ['d0e45ddb7c0a4a2b8cdd4ff7a0ac66eb1bcb8f94'] as readonly string[] },
  reads: ({ buildIds }: { readonly buildIds: readonly string[] }) => ({
    local: { kind: 'talk', dialect: 'symbols', to: 'workstation:symbols', request: `local ${buildIds.join(' ')}` },
    remote: {
      kind: 'talk',
      dialect: 'symbols',
      to: 'workstation:symbols',
      request: `debuginfod ${buildIds.join(' ')}`,
      timeoutMs: 120_000,
    },
  }),
  parse: ({ local, remote }): SymbolFiles | undefined => {
    if (local === undefined && remote === undefined) return undefined;
    const reply = fields(json(remote));
    return {
      local: textsOf(json(local)),
      remote: remote === undefined ? undefined : textsOf(reply['found']),
      servers: items(reply['servers']).flatMap((server) => textOf(server) ?? []),
      failed: textsOf(reply['failed']),
    };
  },
});
