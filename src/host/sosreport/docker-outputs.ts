import { fields, items, json, textOf } from '../../lib/json.ts';
import { withoutSecrets } from '../protocols/http/secrets.ts';
import type { ReportCommands } from './commands.ts';

/** Reply from `docker inspect ID`, a list of one container as in the API; its environment is dropped as well. */
export async function dockerReply(request: string, commands: ReportCommands): Promise<string | undefined> {
  const all = [...(await commands.outputs('docker_inspect_')).values()]
    .map((text) => fields(items(json(text))[0]))
    .filter((one) => textOf(one['Id']) !== undefined && 'State' in one);
  if (request === 'GET /containers/json?all=1')
    return all.length === 0 ? undefined : withoutSecrets(JSON.stringify(all.map(listed)));
  const id = /^GET \/containers\/([\da-f]{12,64})\/json$/.exec(request)?.[1];
  const one = id === undefined ? undefined : all.find((container) => textOf(container['Id'])?.startsWith(id));
  return one && withoutSecrets(JSON.stringify(one));
}

function listed(one: ReturnType<typeof fields>) {
  const { Status: state, ExitCode: exit, Health: health } = fields(one['State']);
  const config = fields(one['Config']);
  const created = Date.parse(textOf(one['Created']) ?? '');
  return {
    Id: one['Id'],
    Names: [one['Name']],
    Image: config['Image'],
    Labels: config['Labels'],
    State: state,
    Status: state === 'exited' ? `Exited (${String(exit)})` : '',
    Health: health,
    ...(Number.isNaN(created) ? {} : { Created: Math.floor(created / 1000) }),
  };
}
