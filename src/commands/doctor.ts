import type { Session } from '../collect/session.ts';
import type { AnswerOf, Read, Reading } from '../host/host.ts';
import { plain } from '../lib/plain.ts';
import { ms } from '../lib/units.ts';
import { sources } from '../subsystems/index.ts';
import type { Reached } from './reach.ts';

/** Programs that the tools use, and the Debian and Ubuntu package that has each. */
const TOOLS = [
  { program: 'gdb', package: 'gdb', use: 'backtraces and gdb' },
  { program: 'strace', package: 'strace', use: 'system calls' },
  { program: 'eu-stack', package: 'elfutils', use: 'stacks with the shortest stop' },
] as const;

/** What can be read on a host, what not, why, and the mend: plain text. */
export async function doctorText({ host }: Reached, session: Session): Promise<string> {
  const root = host.root();
  const out = [
    `crashcart doctor of ${plain(host.name)}`,
    '',
    `connection  ok: ${host.transport()}`,
    host.transport().endsWith('python3')
      ? 'collector   ok: python3'
      : 'collector   reduced: no /usr/bin/python3, so a shell reads. It costs the host about five times as much, gdb and strace are not offered, and daemons (Docker, libvirt, Ceph…) are not asked.',
    rootLine(root),
    '',
    'READINGS',
  ];
  for (const { id, title } of sources) {
    const status = session.status().sources.find((one) => one.id === id);
    const gaps = Object.entries(status?.missing ?? {});
    if (!status || status.reads === 0) out.push(`  no answer  ${title}`);
    else if (gaps.length === 0) out.push(`  ok         ${title}  (${ms(status.tookMs)})`);
    else if (gaps.every(([, gap]) => gap.why === 'absent'))
      out.push(
        `  ${gaps.length === Object.keys(sourceReads(id)).length ? 'not here ' : 'partly   '}  ${title}: ${gaps.map(([, gap]) => plain(gap.detail)).join('; ')}`,
      );
    else
      for (const [, gap] of gaps)
        if (gap.why !== 'absent')
          out.push(`  ${gap.why.padEnd(9)}  ${title}: ${plain(gap.detail)}${mend(gap.why, root.state)}`);
  }
  out.push('', 'TOOLS');
  for (const tool of TOOLS) {
    const reading = await packageOf(host, tool.package);
    out.push(
      reading.ok
        ? `  ok         ${tool.program}: ${plain(reading.value.trim())}`
        : `  not here   ${tool.program} (${tool.use}): package ${tool.package}; crashcart never installs it`,
    );
  }
  return `${out.join('\n')}\n`;
}

const packageOf = (host: Reached['host'], name: string): Promise<Reading<AnswerOf<Extract<Read, { kind: 'run' }>>>> =>
  host.read({ kind: 'run', argv: ['dpkg-query', '-W', '-f=${Package} ${Version} ${Architecture}\\n', name] });

const sourceReads = (id: string): object => sources.find((source) => source.id === id)?.reads ?? {};

function rootLine(root: ReturnType<Reached['host']['root']>): string {
  switch (root.state) {
    case 'root':
      return 'root        ok';
    case 'password':
      return 'root        locked: sudo wants a password. On the screen, s asks for it; or allow sudo without one for this user.';
    case 'lost':
      return `root        lost: ${plain(root.detail)}. What only root may read is shown as missing.`;
    case 'none':
      return `root        no: ${plain(root.detail)}. What only root may read is shown as missing.`;
  }
}

const mend = (why: string, root: string): string => {
  if (why === 'denied' && root !== 'root') return ' (needs root)';
  if (why === 'timeout') return ' (it hangs on the host itself; try it in a shell there)';
  return '';
};
