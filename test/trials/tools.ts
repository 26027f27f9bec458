import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { kubectlArgv, kubectlPath } from '../lab/lib/kubernetes.ts';
import type { ToolRank } from './report.ts';
import type { TrialFault } from './trials.ts';

/** Rank of the line of the subsystem's tool that names the object of a single fault. */
export async function rankByTool(faults: readonly TrialFault[]): Promise<ToolRank | undefined> {
  const [one, ...others] = faults;
  if (!one || others.length > 0) return undefined;
  if (one.lab === 'ceph') return { lab: 'ceph', rank: await rankByCeph(one.fault) };
  if (one.lab === 'kubernetes') return { lab: 'kubernetes', rank: await rankByKubectl(one.fault) };
  return undefined;
}

const run = promisify(execFile);
/** Output and errors of a command, also of one that fails. */
async function printed(file: string, argv: readonly string[]): Promise<string> {
  const result = await run(file, argv, { timeout: 30_000 }).catch((error: unknown) => error as Partial<ToolOutput>);
  return `${result.stdout ?? ''}\n${result.stderr ?? ''}`;
}
interface ToolOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** Among the checks of `ceph health detail`. */
async function rankByCeph(fault: string): Promise<number> {
  const text = await printed('ceph', ['health', 'detail', '--connect-timeout', '8']);
  const object = /mgr|mon/.exec(fault)?.[0] ?? (fault === 'noout' ? 'noout' : String.raw`osd\.1\b`);
  return text
    .split(/\n(?=\[|[A-Z(])/)
    .slice(1)
    .findIndex((check) => new RegExp(object).test(check));
}

/** What names the object of a fault in kubectl's output; a pod by its name. */
const NAMED_BY_KUBECTL: Readonly<Record<string, RegExp>> = {
  'stop-apiserver': /connection to the server|apiserver/i,
  'freeze-apiserver': /apiserver/i,
  'freeze-etcd': /etcd/i,
  'stop-kubelet': /kubelet/i,
  'freeze-kubelet': /kubelet/i,
  'stop-containerd': /containerd|container runtime/i,
  'disk-pressure': /disk ?pressure/i,
  'expired-server': /certificate has expired/i,
};

/** Among errors, nodes that are not Ready, pods that are not ready, and warnings, in this order. */
async function rankByKubectl(fault: string): Promise<number> {
  const get = (...words: readonly string[]) =>
    printed(kubectlPath, kubectlArgv('--request-timeout=8s', 'get', ...words, '--no-headers'));
  const nodes = rowsOf(await get('nodes')).filter((line) => !/^\S+ +Ready /.test(line));
  const pods = rowsOf(await get('pods', '-A')).filter((line) => !isHealthyPod(line));
  const warnings = rowsOf(await get('events', '-A', '--field-selector', 'type=Warning'));
  const object = NAMED_BY_KUBECTL[fault] ?? new RegExp(String.raw`\b${fault.replace(/^pod-/, '')}\b`);
  return [...nodes, ...pods, ...warnings].findIndex((line) => object.test(line));
}

const rowsOf = (text: string): readonly string[] => text.split('\n').filter((line) => line.trim() !== '');

/** Row `NAMESPACE NAME 1/1 Running …` or `… Completed`. */
function isHealthyPod(line: string): boolean {
  const [, , ready = '', status] = line.split(/ +/);
  const [some, all] = ready.split('/');
  return status === 'Completed' || (status === 'Running' && some === all);
}
