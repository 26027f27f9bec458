import { lstat, mkdtemp, readdir, readFile, readlink, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Limit of the path: sun_path has 104 bytes on the smallest system, and ssh appends 17 characters while it binds. */
const LONGEST_FOLDER = 104 - 17 - '/control'.length;
const PREFIX = 'crashcart-';
const NAME = /^crashcart-[A-Za-z0-9]{6}$/;
/** Link in each folder, whose target is the pid of its owner and the time when it began. */
const OWNER = 'owner';

/** Folders in which one is made, the first choice first. */
const parents = (): readonly string[] =>
  [...new Set([process.env['XDG_RUNTIME_DIR'], tmpdir(), '/tmp'])].filter(
    (parent): parent is string =>
      parent?.startsWith('/') === true && Buffer.byteLength(join(parent, `${PREFIX}123456`)) <= LONGEST_FOLDER,
  );

/**
 * New folder with mode 0700 and a random name (mkdtemp). `isShared`: below one that other accounts reach, for a caller that then opens it
 * to some of them.
 */
export async function privateFolder({ isShared = false } = {}): Promise<string> {
  for (const parent of parents()) {
    if (isShared && !(await isReachable(parent))) continue;
    const made = await mkdtemp(join(parent, PREFIX)).catch(() => undefined);
    if (made !== undefined) return owned(made);
  }
  return owned(await mkdtemp(join('/tmp', PREFIX)));
}

/** Search permission of other accounts for a folder and for all above it: a private TMPDIR, as of pam_namespace, has none. */
async function isReachable(folder: string): Promise<boolean> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const mode = await stat(at).then((found) => found.mode, () => 0); // prettier-ignore
    if ((mode & 0o001) === 0) return false;
    if (at === '/') return true;
  }
}

async function owned(folder: string): Promise<string> {
  await symlink(`${process.pid}-${(await startOf(process.pid)) ?? ''}`, join(folder, OWNER));
  return folder;
}

/** Removes the folders that a killed crashcart left: their owner is gone. Only those of this user, and no link to one. */
export async function removeLeftFolders(): Promise<void> {
  for (const parent of parents()) {
    const names = await readdir(parent).catch(() => []);
    await Promise.all(names.filter((name) => NAME.test(name)).map((name) => removeIfLeft(join(parent, name))));
  }
}

async function removeIfLeft(folder: string): Promise<void> {
  const found = await lstat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true || found.uid !== process.getuid?.()) return;
  const owner = await readlink(join(folder, OWNER)).catch(() => '');
  const [, pid, start] = /^(\d+)-(\d*)$/.exec(owner) ?? [];
  // Without a link: of another program, or made at this moment.
  if (pid === undefined || (await isAlive(Number(pid), start))) return;
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

/** Whether the process runs; another one may have its pid by now. */
async function isAlive(pid: number, start: string | undefined): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = await startOf(pid);
  return now === undefined || start === '' || now === start;
}

/** Start time in clock ticks, field 22 of proc_pid_stat(5); undefined without /proc. */
async function startOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}
