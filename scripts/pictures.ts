/**
 * node scripts/pictures.ts [NAME…]
 *
 * Writes docs/pictures/*.png and docs/PICTURES.md: the Overview in three sizes, dark and light, and each pane at 120x40, of the bundled
 * demos, and the other themes, with the built program (npm run build). With names, only those pictures.
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { paneKeys } from '../src/pane-keys.ts';
import type { ThemeName } from '../src/theme-palettes.ts';

const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'docs/pictures');

interface Picture {
  readonly name: string;
  readonly caption: string;
  readonly demo: 'cluster' | 'host' | 'cloud';
  readonly size: string;
  readonly isLight: boolean;
  /** Default: by the background. */
  readonly theme?: ThemeName;
  /** Steps of termshot after the first full screen. */
  readonly steps: readonly string[];
}

const overview: readonly Picture[] = ['80x24', '120x40', '200x60'].flatMap((size) =>
  [false, true].map((isLight) => ({
    name: `overview-${size}-${isLight ? 'light' : 'dark'}`,
    caption: `Overview, ${size}, ${isLight ? 'light' : 'dark'}`,
    demo: 'cluster' as const,
    size,
    isLight,
    steps: [],
  })),
);

const pane = (id: string, demo: Picture['demo'], caption: string, more: readonly string[] = []): Picture => {
  const key = paneKeys.find((one) => one.pane === id)?.key;
  if (key === undefined) throw new Error(`no pane ${id}`);
  return { name: id, caption, demo, size: '120x40', isLight: false, steps: [`key:${key}`, ...more] };
};

const panes: readonly Picture[] = [
  pane('hardware', 'cluster', 'Hardware: CPUs, pressure, memory, NUMA'),
  pane('processes', 'cluster', 'Processes'),
  pane('kvm', 'cluster', 'KVM guests'),
  pane('containers', 'cluster', 'Containers of Docker and LXD'),
  pane('ceph', 'cluster', 'Ceph, with a dead OSD'),
  pane('ovs', 'cluster', 'Open vSwitch'),
  pane('ovn', 'cluster', 'OVN'),
  pane('kubernetes', 'cluster', 'Kubernetes, with failing pods'),
  pane('network', 'host', 'Network'),
  pane('kernel-log', 'host', 'Kernel log'),
  pane('systemd', 'host', 'systemd units'),
  pane('storage', 'cluster', 'Storage'),
  pane('packages', 'host', 'Packages'),
  // The credentials were agreed to some seconds after the start.
  pane('openstack', 'cloud', 'OpenStack, its agents down', ['key:p', 'until:nova-compute +lab-cloud', 'key:p']),
  pane('databases', 'cloud', 'Databases, queues, caches, load balancers'),
];

const PAGES: readonly Picture[] = [
  { name: 'incident', caption: 'Detail of an incident: `enter`', demo: 'cluster', size: '120x40', isLight: false, steps: ['key:enter'] },
  { name: 'ledger', caption: 'Ledger, what was looked at and cleared: `E`', demo: 'cluster', size: '120x40', isLight: false, steps: ['key:E'] },
  { name: 'changes', caption: 'What changed: `H`', demo: 'host', size: '120x40', isLight: false, steps: ['key:H'] },
]; // prettier-ignore

const themes: readonly Picture[] = (['high-contrast', 'colour-blind', 'mono'] as const).map((theme) => ({
  name: `theme-${theme}`,
  caption: `Theme ${theme}`,
  demo: 'cluster',
  size: '120x40',
  isLight: false,
  theme,
  steps: [],
}));

const pictures = [...overview, ...panes, ...PAGES, ...themes];

async function take({ name, demo, size, isLight, theme, steps }: Picture): Promise<void> {
  await promisify(execFile)(process.execPath, [
    join(root, 'scripts/termshot.ts'),
    ...(isLight ? ['--light'] : []),
    ...`--scale 1 --size ${size} until:Overview.\\d wait:1500 key:p`.split(' '),
    ...steps,
    'settle:600',
    `shot:${join(folder, `${name}.png`)}`,
    '--',
    process.execPath,
    join(root, 'bin/crashcart.cjs'),
    'demo',
    demo,
    ...(theme ? ['--theme', theme] : []),
  ]);
}

const page = `# Pictures

Of the bundled demos, recordings of real daemons with faults: \`crashcart demo\`, \`demo host\`, \`demo cloud\`. Made by
\`node scripts/pictures.ts\`.

${pictures.map(({ name, caption }) => `## ${caption}\n\n![${caption.replaceAll('`', '')}](pictures/${name}.png)\n`).join('\n')}`;

const wanted = process.argv.slice(2);
await mkdir(folder, { recursive: true });
for (const picture of pictures)
  if (wanted.length === 0 || wanted.includes(picture.name)) {
    await take(picture);
    console.log(picture.name);
  }
await writeFile(join(root, 'docs/PICTURES.md'), page);
