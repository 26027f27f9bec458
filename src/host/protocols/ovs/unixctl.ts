import { DaemonError, type DaemonConnection, type Dial, type Protocol } from '../protocol.ts';
import { JsonRpc } from './json-rpc.ts';
import { RequestQueue } from '../request-queue.ts';
import { appctlCommands, appctlSeconds, byAppctl } from './unixctl-commands.ts';
import { mayAsk, MOST_CONNECTIONS, MOST_FLOWS, MOST_RULES, unixctlRequests } from './unixctl-requests.ts';

/** Socket paths of Debian and Ubuntu, kolla, OVN-Kubernetes and snaps (MicroOVN, openstack-hypervisor). */
const PLACE =
  /^(?:(?:\/var)?\/run\/(?:openvswitch|ovn)|\/var\/snap\/[\w*-]+\/common\/run\/[\w*-]+)\/[\w.*?[\]-]+\.ctl$/;
const DAEMON = /\/(?:ovs-vswitchd|ovn-controller|ovn-northd|ovnnb_db|ovnsb_db)[\w.*?[\]-]*\.ctl$/;

/**
 * Runtime management protocol of Open vSwitch and OVN: ovs-appctl(8), lib/unixctl.c. JSON-RPC 1.0, every parameter a
 * string, every reply one text.
 */
export const unixctl: Protocol = {
  name: 'unixctl',
  what: 'Open vSwitch and OVN daemons for their state (unixctl)',
  refusal: (to, request) => {
    if (!PLACE.test(to) || !DAEMON.test(to)) return `${to}: not a control socket of Open vSwitch or OVN`;
    return mayAsk(request) ? undefined : `${request}: not an allowed request for ${to}`;
  },
  allowed: unixctlRequests.map(({ request, why }) => `${request}: ${why}`),
  commands: appctlCommands,
  fallback: (to, request) => ({
    by: 'ovs-appctl',
    everySeconds: appctlSeconds(request),
    daemon: to,
    reply: (run) => replyTo(request, (method, ...parameters) => byAppctl(run, to, method, parameters)),
  }),
  connect,
};

function connect(dial: Dial): DaemonConnection {
  const queue = new RequestQueue();
  let rpc: JsonRpc | undefined;
  return {
    request: (request, timeoutMs) =>
      queue.run(request, timeoutMs, async (late) => {
        if (!rpc?.open) rpc = new JsonRpc(await dial());
        const open = rpc;
        return replyTo(request, async (method, ...parameters) => {
          if (late()) throw new DaemonError('timeout', `${method}: not sent, timeout`);
          const result = await open.call(method, parameters);
          return typeof result === 'string' ? result : '';
        });
      }),
    close: () => rpc?.close(),
  };
}

type Call = (method: string, ...parameters: string[]) => Promise<string>;

function replyTo(request: string, call: Call): Promise<string> {
  const [method = '', ...rest] = request.split(' ');
  if (method === 'dpctl/dump-flows') return dumpFlows(call, rest[1] ?? '');
  if (method === 'dpctl/dump-conntrack') return dumpConnections(call, capOf(rest[0]));
  if (method === 'bridge/dump-flows') return dumpRules(call, rest[0] ?? '', capOf(rest[1]));
  if (rest[0] === '*') return ofEach(call, method);
  return call(method, ...rest);
}

const capOf = (word: string | undefined): number => Number(/^cap=(\d+)$/.exec(word ?? '')?.[1] ?? 0);

/** Names of bridges and datapaths, which become parameters of further requests: none may look like an option. */
const namesIn = (text: string): readonly string[] =>
  text.split('\n').filter((line) => /^[A-Za-z0-9_.][\w.:@+-]*$/.test(line));

const datapaths = async (call: Call): Promise<readonly string[]> => namesIn(await call('dpctl/dump-dps'));

/** Replies per bridge or datapath, each below `== name`; a refusal stands in place of its reply. */
async function ofEach(call: Call, method: string): Promise<string> {
  const names = method.startsWith('dpctl/') ? await datapaths(call) : namesIn(await call('ofproto/list'));
  let all = '';
  for (const name of names.slice(0, 64)) {
    let text: string;
    try {
      text = await call(method, name);
    } catch (error) {
      if (!(error instanceof DaemonError) || error.why === 'timeout') throw error;
      text = `refused: ${error.message}\n`;
    }
    all += `== ${name}\n${text.endsWith('\n') ? text : `${text}\n`}`;
  }
  return all;
}

/**
 * Dump of flows with a cap per datapath: the count comes first and costs almost nothing; above the cap `not read` stands in
 * place of the dump.
 */
async function dumpFlows(call: Call, how: string): Promise<string> {
  const filter = how.startsWith('filter=') ? how : undefined;
  const cap = filter ? MOST_FLOWS : Math.min(capOf(how), MOST_FLOWS);
  let all = '';
  for (const name of await datapaths(call)) {
    const flows = Number(/^ *flows: *(\d+)/m.exec(await call('dpctl/show', name))?.[1] ?? Number.NaN);
    if (!(flows <= cap)) {
      all += `== ${name} not read: ${Number.isNaN(flows) ? 'unknown number of' : flows} flows, cap ${cap}\n`;
      continue;
    }
    const dump = await call('dpctl/dump-flows', '-m', ...(filter ? [name, filter] : [name]));
    all += `== ${name}\n${dump}`;
  }
  return all;
}

async function dumpConnections(call: Call, wanted: number): Promise<string> {
  const cap = Math.min(wanted, MOST_CONNECTIONS);
  let all = '';
  for (const name of await datapaths(call)) {
    const connections = Number(await call('dpctl/ct-get-nconns', name));
    all +=
      connections <= cap
        ? `== ${name}\n${await call('dpctl/dump-conntrack', name)}`
        : `== ${name} not read: ${connections} connections, cap ${cap}\n`;
  }
  return all;
}

/** Dump of rules with a cap by memory/show, which counts the rules of all bridges and omits zeros. */
async function dumpRules(call: Call, bridge: string, wanted: number): Promise<string> {
  const cap = Math.min(wanted, MOST_RULES);
  const rules = Number(/\brules:(\d+)/.exec(await call('memory/show'))?.[1] ?? 0);
  if (rules > cap) return `== ${bridge} not read: ${rules} rules, cap ${cap}\n`;
  return `== ${bridge}\n${await call('bridge/dump-flows', bridge)}`;
}
