import { lines } from '../../lib/lines.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Containers of plain LXC, which has no daemon: their configuration files, lxc.container.conf(5). LXD has
 * others elsewhere. `lxc.environment`, which may hold secrets, is not kept.
 *
 *     lxc.uts.name = web
 *     lxc.cgroup2.memory.max = 512M
 */
export const lxc = defineSource({
  id: 'lxc',
  title: 'LXC containers',
  why: 'Shows containers of plain LXC by their names, also those that are not running.',
  everySeconds: 60,
  reads: { configs: { kind: 'glob', pattern: '/var/lib/lxc/*/config', as: 'root' } },
  parse: ({ configs }) => ({
    containers: [...(configs ?? [])].flatMap(([path, text]): LxcContainer[] => {
      const name = /^\/var\/lib\/lxc\/([^/]+)\/config$/.exec(path)?.[1];
      return name === undefined ? [] : [{ name, ...configOf(text) }];
    }),
  }),
  identifiers: ({ containers }) =>
    named(
      'container',
      containers.map(({ name }) => name),
    ),
});

export interface LxcContainer {
  readonly name: string;
  readonly autostart: boolean;
  /** veth names on the host. */
  readonly nics: readonly string[];
  /** Whether a user namespace is configured. */
  readonly unprivileged: boolean;
}

function configOf(text: string): Omit<LxcContainer, 'name'> {
  const settings = lines(text).flatMap((line): [string, string][] => {
    const [, key, value] = /^\s*(lxc\.[\w.]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    return key === undefined || value === undefined ? [] : [[key, value]];
  });
  return {
    autostart: settings.some(([key, value]) => key === 'lxc.start.auto' && value === '1'),
    nics: settings.flatMap(([key, value]) =>
      /^lxc\.net\.\d+\.veth\.pair$|^lxc\.network\.veth\.pair$/.test(key) ? [value] : [],
    ),
    unprivileged: settings.some(([key]) => key === 'lxc.idmap' || key === 'lxc.id_map'),
  };
}
