import { command, kernelLog, operand, unitLog, type CommandStep, type Standing, type StepTable } from '../next-step.ts';

/** Programs of engines, by the first word of the subject of a container. */
const PROGRAMS: Readonly<Record<string, string>> = {
  docker: 'docker',
  podman: 'podman',
  LXD: 'lxc',
  Incus: 'incus',
  containerd: 'crictl',
  k8s: 'crictl',
  'CRI-O': 'crictl',
};

const SHORT_ID = 12;

interface Named {
  readonly program: string;
  /** Name, or start of the id; undefined where the program knows the container by another one. */
  readonly name: string | undefined;
}

/** How the container's program names it: by its id, and a system container by its name. */
function named({ entity: { id }, subject }: Standing): Named | undefined {
  const program = PROGRAMS[subject.split(' ', 1)[0] ?? ''];
  if (program === undefined) return undefined;
  const name = id.slice(id.indexOf(':') + 1);
  return { program, name: operand(id.startsWith('id:') ? name.slice(0, SHORT_ID) : name) };
}

type Verbs = Readonly<Partial<Record<'docker' | 'lxc' | 'crictl', readonly string[]>>>;

/** Command of the container's engine; podman takes those of docker, incus those of lxc. */
function engine(found: Standing, verbs: Verbs, shows: string): CommandStep | undefined {
  const one = named(found);
  if (!one) return undefined;
  const { program, name } = one;
  const verb = verbs[program === 'podman' ? 'docker' : program === 'incus' ? 'lxc' : (program as keyof Verbs)];
  return verb && command([program, ...verb, name], shows);
}

const state = (found: Standing) =>
  engine(
    found,
    { docker: ['inspect', '--format', '{{json .State}}'], lxc: ['info'], crictl: ['inspect'] },
    'state, exit code and start',
  );
const usage = (found: Standing) =>
  engine(
    found,
    { docker: ['stats', '--no-stream'], lxc: ['info'], crictl: ['stats'] },
    'CPU, memory and processes against limits',
  );
const top = (found: Standing) => engine(found, { docker: ['top'], lxc: ['info'] }, 'processes inside');
const log = (found: Standing) =>
  engine(
    found,
    {
      docker: ['logs', '--tail', '50', '--timestamps'],
      lxc: ['console', '--show-log'],
      crictl: ['logs', '--tail', '50', '--timestamps'],
    },
    'last lines of its output',
  );

/** Units of a container daemon by its key. */
const UNITS: Readonly<Record<string, readonly string[]>> = {
  docker: ['docker', 'containerd'],
  lxd: ['snap.lxd.daemon', 'lxd'],
  incus: ['incus'],
  podman: ['podman'],
};

/** `place/pool` of the finding's entity: the daemon's place and the name that it knows. */
const lxdName = ({ entity: { id } }: Standing): string | undefined => operand(id.slice(id.indexOf('/') + 1));

/** Next steps of the rules of containers. */
export const containerSteps: StepTable = {
  'container-daemon-unresponsive': {
    commands: (found) => {
      const units = UNITS[found.entity.id] ?? [];
      return units.length === 0
        ? []
        : [command(['systemctl', 'status', ...units, '--no-pager'], 'state of its units'), unitLog(found, units)];
    },
    row: ({ entity }) => entity.id,
    tools: ['kernel-stacks', 'gdb-stacks'],
  },
  'container-failed': { commands: (found) => [log(found), state(found)], tools: [] },
  'container-pressure': { commands: (found) => [usage(found), top(found)] },
  'container-frozen': { commands: (found) => [state(found)], tools: [] },
  'container-memory-short': { commands: (found) => [usage(found)] },
  'container-oom': {
    commands: (found) => [
      kernelLog(found, 'oom-kill|Killed process', 'killed process, its group and limit'),
      state(found),
    ],
  },
  'container-pids': {
    commands: (found) => [top(found), usage(found)],
  },
  'container-restart-loop': { commands: (found) => [log(found), state(found)], tools: [] },
  'container-throttled': { commands: (found) => [usage(found)] },
  'container-unhealthy': {
    commands: (found) => [
      engine(found, { docker: ['inspect', '--format', '{{json .State.Health}}'] }, 'last outputs of the health check'),
      log(found),
    ],
  },
  'lxd-member-offline': {
    commands: () => [command(['lxc', 'cluster', 'list'], 'members, roles and last heartbeat')],
    row: (found) => `member ${lxdName(found) ?? ''}`,
  },
  'lxd-operation-stuck': {
    commands: ({ entity }) => [
      command(['lxc', 'operation', 'show', operand(entity.id)], 'operation with its instances'),
      command(['lxc', 'operation', 'list'], 'running operations'),
    ],
    row: ({ entity }) => `operation ${entity.id}`,
  },
  'lxd-pool-full': {
    commands: (found) => [command(['lxc', 'storage', 'info', lxdName(found)], 'space and volumes of the pool')],
    row: ({ entity }) => entity.id.replace('/', ' '),
  },
  'lxd-warning': {
    commands: ({ entity }) => [
      command(['lxc', 'warning', 'show', operand(entity.id)], 'the warning with its last message'),
      command(['lxc', 'warning', 'list'], 'all warnings'),
    ],
    row: ({ entity }) => `warning ${entity.id}`,
  },
};
