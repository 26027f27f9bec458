import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  readlinkSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sleep, startTicksOf } from '../../helpers/victim.ts';

const sources = resolve(import.meta.dirname, '../enter');

/** Path of the container's program. The host has a file of the same path, without the functions of the container's one. */
export const PROGRAM = '/usr/bin/env';

/** Builds a root directory with busybox, a program and its libraries; libinside.so is not on the host. */
export function buildRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'crashcart-container-'));
  chmodSync(root, 0o755);
  for (const folder of ['bin', 'usr/bin', 'proc', 'dev', 'root', 'tmp', 'etc', 'lib', 'var/lib/dpkg/info'])
    mkdirSync(join(root, folder), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  // Absolute links like Alpine's, which resolve to another file outside the container.
  for (const name of [
    'sh',
    'id',
    'cat',
    'ls',
    'tty',
    'sleep',
    'setsid',
    'ps',
    'stty',
    'hostname',
    'grep',
    'mknod',
    'mount',
    'head',
    'chroot',
  ])
    symlinkSync('/bin/busybox', join(root, 'bin', name));
  const gcc = (...words: string[]) => execFileSync('gcc', ['-g', '-O1', ...words]);
  gcc('-shared', '-fPIC', '-o', join(root, 'lib/libinside.so'), join(sources, 'library.c'));
  gcc(
    '-pthread',
    '-o',
    join(root, PROGRAM),
    join(sources, 'app.c'),
    '-L',
    join(root, 'lib'),
    '-linside',
    '-Wl,-rpath,/lib',
  );
  const needed = execFileSync('ldd', [join(root, PROGRAM)]).toString();
  for (const [, path = ''] of needed.matchAll(/(\/\S*(?:libc\.so\S*|ld-linux\S*|libpthread\S*))/g)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    copyFileSync(path, join(root, path));
  }
  writeFileSync(join(root, 'etc/os-release'), 'PRETTY_NAME="Inside Linux 7"\n');
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
  writeFileSync(join(root, 'var/lib/dpkg/info/inside-app.list'), `/.\n/usr\n${PROGRAM}\n`);
  writeFileSync(
    join(root, 'var/lib/dpkg/status'),
    'Package: inside\nVersion: 9\n\nPackage: inside-app\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:7.0-1\n',
  );
  return root;
}

export interface Container {
  /** Host pid of the first process. */
  readonly pid: number;
  readonly startTicks: number;
  readonly stop: () => Promise<void>;
}

export interface ContainerOptions {
  readonly users?: 'own-users' | 'host-users';
  /** Bounding set, hexadecimal. Default: docker's. */
  readonly capabilities?: string;
  readonly uid?: number;
  readonly program?: readonly string[];
}

/** Starts a container without an engine: namespaces, a root directory and limited rights. */
export async function startContainer(root: string, options: ContainerOptions = {}): Promise<Container> {
  const { users = 'host-users', capabilities = 'a80425fb', uid = 0, program = [PROGRAM] } = options;
  const child = spawn('perl', [join(sources, 'container.pl'), root, users, capabilities, String(uid), ...program], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<void>((settle) => child.on('close', () => settle()));
  for (let tries = 0; tries < 200; tries++) {
    const pid = childrenOf(child.pid ?? 0).find((each) => readlinkOf(each) === program[0]);
    if (pid !== undefined)
      return {
        pid,
        startTicks: startTicksOf(pid),
        stop: async () => {
          process.kill(pid, 'SIGKILL');
          await ended;
        },
      };
    if (child.exitCode !== null) break;
    await sleep(25);
  }
  throw new Error(`the container did not start: ${stderr}`);
}

const commandLine = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};
const readlinkOf = (pid: number): string => commandLine(pid).split('\0')[0] ?? '';

function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/stat`, 'latin1')
            .replace(/^.*\) /s, '')
            .split(' ')[1] === String(parent)
        );
      } catch {
        return false;
      }
    });
}

/** Command lines of the processes in a PID namespace. */
export function processesIn(namespace: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pidNamespaceOf(pid) === namespace)
    .map((pid) => commandLine(pid).replaceAll('\0', ' ').trim())
    .filter((line) => line !== '');
}

/** PID namespace of a process as `pid:[INODE]`, '' without one. */
export function pidNamespaceOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return '';
  }
}
