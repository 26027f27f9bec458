import type { Session } from '../collect/session.ts';
import type { AnswerOf, Read, Reading } from '../host/host.ts';
import { plain } from '../lib/plain.ts';
import { ms } from '../lib/units.ts';
import { sources } from '../subsystems/index.ts';
import type { Reached } from './reach.ts';

/** Programs of the debugging tools, each with its Debian and Ubuntu package. */
const TOOLS = [
  { program: 'gdb', package: 'gdb', use: 'backtraces and gdb' },
  { program: 'strace', package: 'strace', use: 'system call traces' },
  { program: 'eu-stack', package: 'elfutils', use: 'stacks with the shortest pause of the process' },
] as const;

/** Width of the state column with its gap. */
const STATE_COLUMNS = 13;

/** Plain text of what can be read on a host, what cannot, why, and how to fix it. */
export async function doctorText({ host }: Reached, session: Session): Promise<string> {
  const root = host.root();
  const out = [
    `crashcart doctor: ${plain(host.name)}`,
    '',
    `connection  ok: ${host.transport()}`,
    host.transport().endsWith('python3')
      ? 'collector   ok: python3'
      : 'collector   reduced: /usr/bin/python3 not present, readings run in sh (about 5x the CPU time on the host); no gdb, no strace, no daemon protocols (Docker, libvirt, Ceph, …). Fix: install python3',
    rootLine(root),
    '',
    'READINGS',
  ];
  for (const { id, title } of sources) {
    const status = session.status().sources.find((one) => one.id === id);
    const gaps = Object.entries(status?.missing ?? {});
    if (!status || status.reads === 0) out.push(`  ${'no reply'.padEnd(STATE_COLUMNS)}${title}`);
    else if (gaps.length === 0) out.push(`  ${'ok'.padEnd(STATE_COLUMNS)}${title}  (${ms(status.tookMs)})`);
    else if (gaps.every(([, gap]) => gap.why === 'absent'))
      out.push(
        `  ${(gaps.length === Object.keys(sourceReads(id)).length ? 'not present' : 'partial').padEnd(STATE_COLUMNS)}${title}: ${[...new Set(gaps.map(([, gap]) => plain(gap.detail)))].join('; ')}`,
      );
    else
      for (const [, gap] of gaps)
        if (gap.why !== 'absent')
          out.push(`  ${gap.why.padEnd(STATE_COLUMNS)}${title}: ${plain(gap.detail)}${fixOf(gap.why, root.state)}`);
  }
  out.push('', 'TOOLS');
  for (const tool of TOOLS) {
    const reading = await packageOf(host, tool.package);
    out.push(
      reading.ok
        ? `  ${'ok'.padEnd(STATE_COLUMNS)}${tool.program}: ${plain(reading.value.trim())}`
        : `  ${'not present'.padEnd(STATE_COLUMNS)}${tool.program} (${tool.use}). Fix: install package ${tool.package}; crashcart installs nothing`,
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
      return 'root        locked: sudo asks for a password. Fix: press s on the screen, or grant this user NOPASSWD sudo';
    case 'lost':
      return `root        lost: ${plain(root.detail)}. Readings that need root are not readable`;
    case 'none':
      return `root        no: ${plain(root.detail)}. Readings that need root are not readable`;
  }
}

const fixOf = (why: string, root: string): string => {
  if (why === 'denied' && root !== 'root') return ' (needs root)';
  if (why === 'timeout') return ' (the read hangs on the host; repeat it in a shell there)';
  return '';
};
