import { lines, toCount } from '../../lib/lines.ts';
import { isFailure, type ReportCommands } from './commands.ts';

/** Socket of LXD: the snap has `lxd.buginfo`. */
export const lxdSocket = async (commands: ReportCommands): Promise<string> =>
  (await commands.named('lxd.buginfo')) === undefined
    ? '/var/lib/lxd/unix.socket'
    : '/var/snap/lxd/common/lxd/unix.socket';

/**
 * Reply of LXD from the tables of `lxc list`, `lxc cluster list`, `lxc warning list`, and of `lxd.buginfo`, which has those of
 * instances and storage pools below headings: sos/report/plugins/lxd.py.
 */
export async function lxdReply(request: string, commands: ReportCommands): Promise<string | undefined> {
  const info = (await commands.named('lxd.buginfo')) ?? '';
  const printed = async (...names: readonly string[]): Promise<string | undefined> => {
    for (const name of names) {
      const text = await commands.named(name);
      if (text !== undefined && !isFailure(text)) return text;
    }
    return undefined;
  };
  const rows = async (): Promise<readonly Readonly<Record<string, string>>[] | undefined> => {
    switch (request) {
      case 'GET /1.0/instances?recursion=1&all-projects=true':
        return tableRows((await printed('lxc_list_local_--all-projects', 'lxc_list_local', 'lxc_list_--all-projects', 'lxc_list')) ?? below(info, 'Instances')); // prettier-ignore
      case 'GET /1.0/cluster/members?recursion=1':
        return tableRows(await printed('lxc_cluster_list_local', 'lxc_cluster_list'));
      case 'GET /1.0/warnings?recursion=1':
        return tableRows(await printed('lxc_warning_list_local', 'lxc_warning_list'));
      default:
        return undefined;
    }
  };
  const metadata = request === 'GET /1.0' ? server(info) : (await rows())?.map(objectOf);
  return metadata && JSON.stringify({ type: 'sync', metadata });
}

function server(info: string) {
  const version = /^ - LXD version: (\S+)/m.exec(info)?.[1];
  const field = (name: string) => new RegExp(`^  ${name}: *"?([^"\n]+?)"?$`, 'm').exec(info)?.[1];
  if (version === undefined) return undefined;
  const clustered = field('server_clustered');
  return {
    environment: {
      server: 'lxd',
      server_version: version,
      server_name: field('server_name'),
      ...(clustered !== undefined && { server_clustered: clustered === 'true' }),
      storage: field('storage'),
      driver: field('driver'),
      driver_version: field('driver_version'),
    },
  };
}

/** Text of a section of lxd.buginfo. */
const below = (info: string, title: string): string | undefined =>
  info.split(/^#+ /m).find((part) => part.startsWith(`${title}\n`));

/** Rows of a table with borders, by column title; undefined without a table. */
function tableRows(text: string | undefined): readonly Readonly<Record<string, string>>[] | undefined {
  const cells = lines(text ?? '')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const [titles, ...rest] = cells;
  // A row of several addresses goes on in lines without a name.
  return titles && rest.filter((row) => row[0] !== '').map((row) => Object.fromEntries(titles.map((title, i) => [title, row[i] ?? '']))); // prettier-ignore
}

/** `RUNNING` → `Running`, `VIRTUAL-MACHINE` → `virtual-machine`, as in the API. */
function objectOf(row: Readonly<Record<string, string>>) {
  const status = row['STATE'] ?? row['STATUS'] ?? '';
  const name = row['NAME'];
  return {
    name,
    server_name: name,
    project: row['PROJECT'],
    type: row['UUID'] === undefined ? row['TYPE']?.toLowerCase().replace(/ .*$/, '') : row['TYPE'],
    status: status === '' ? undefined : row['UUID'] === undefined ? capital(status) : status.toLowerCase(),
    location: row['LOCATION'],
    message: row['MESSAGE'],
    url: row['URL'],
    uuid: row['UUID'],
    severity: row['SEVERITY']?.toLowerCase(),
    count: toCount(row['COUNT']),
    last_seen_at: row['LAST SEEN'],
  };
}

const capital = (text: string): string => text.slice(0, 1) + text.slice(1).toLowerCase();
