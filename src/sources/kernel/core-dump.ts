import { parseCore } from '../../stacks/core-dump.ts';
import { defineDetail } from '../source.ts';

/**
 * Stacks of a core dump: the thread that crashed, and all others. core(5); the reply is described at `parseCore`. Read once, when its page
 * is opened.
 */
export const coreDump = defineDetail({
  id: 'core-dump',
  title: 'Stacks of a core dump',
  why: 'Shows in which function a program crashed, when the engineer opens its dump. Of the dump notes and stacks are read; frames leave the host, no other memory.',
  everySeconds: 86_400,
  example: { path: '/var/lib/systemd/coredump/core.shop.0.5f0c8a.812.1764485129000000.zst' },
  reads: ({ path }: { readonly path: string }) => ({
    core: {
      kind: 'talk',
      dialect: 'stacks',
      to: 'stacks:processes',
      request: `core ${path}`,
      as: 'root',
      // A compressed one is decompressed up to its stacks.
      timeoutMs: 60_000,
    },
  }),
  parse: ({ core }) => parseCore(core),
});
