import { lines } from '../../lib/lines.ts';
import { listedMounts } from './mounted.ts';
import type { Report } from './report.ts';

/** Output of a command by the file of the same command, else by another command of sos that has the same facts. */
export async function commandOutput(argv: readonly string[], report: Report): Promise<string | undefined> {
  const { files, commands } = report;
  const command = argv.join(' ');
  const output = await commands.output(command);
  if (output !== undefined) return output;
  const [program = ''] = argv;
  // sos names these after the program, collects JSON only with its option `json`, and has no `nolog`.
  const [, tool] = /\/((?:storcli|perccli)64)$/.exec(program) ?? [];
  if (tool !== undefined) return commands.output(`${tool}_/call show all J`);
  // `Linux vm 6.1.0 #1 SMP … x86_64 GNU/Linux`
  if (command === 'uname -m') return /(\S+) GNU\/Linux\s*$/.exec((await commands.output('uname -a')) ?? '')?.[1];
  if (command.startsWith('systemctl show *.service ')) return units(await commands.output('systemctl show service --all'), argv); // prettier-ignore
  if (command.startsWith('ss -Hntxp ')) return sockets(await commands.output('ss -peaonmi'));
  if (program === 'findmnt') return argv.includes('-t') ? mounts(report, argv) : undefined;
  const [, count, path] = /^head -n (\d+) (\/\S+)$/.exec(command) ?? [];
  if (path === undefined) return undefined;
  return (await files.text(path))?.split('\n').slice(0, Number(count)).join('\n');
}

/** Wanted properties only: others hold environments. */
function units(text: string | undefined, argv: readonly string[]): string | undefined {
  const wanted = argv
    .find((word) => word.startsWith('--property='))
    ?.slice('--property='.length)
    .split(',');
  if (text === undefined || wanted === undefined) return undefined;
  return lines(text)
    .filter((line) => line === '' || wanted.includes(line.slice(0, line.indexOf('='))))
    .join('\n');
}

/** Rows of TCP and unix sockets that are established or listening; details of each are on indented lines. */
const sockets = (text: string | undefined): string | undefined =>
  text === undefined
    ? undefined
    : lines(text)
        .filter((line) => /^(?:tcp|u_\w+)\s+(?:ESTAB|LISTEN)\b/.test(line))
        .join('\n');

/** `findmnt -r` of the wanted types. */
async function mounts({ commands }: Report, argv: readonly string[]): Promise<string | undefined> {
  const types = new Set(argv[argv.indexOf('-t') + 1]?.split(','));
  return (await listedMounts(commands))
    ?.filter(({ type }) => types.has(type))
    .map(({ target, source, type, options }) =>
      [target, source, type, options].map((cell) => cell.replaceAll(' ', String.raw`\x20`)).join(' '),
    ) // prettier-ignore
    .join('\n');
}
