import { openSync, closeSync } from 'node:fs';
import { shellCommand } from '../../src/lib/shell-quote.ts';
import { localTransport } from '../../src/host/local-transport.ts';
import type { Transport } from '../../src/host/transport.ts';
import type { TestContext } from 'vitest';

/**
 * Mounts FUSE over each path in a mount namespace, then executes the command, which keeps the mounts. The server takes
 * requests and answers none, so that a read waits in D state and outlives SIGKILL. It ends with the command, and then every
 * read does.
 */
const HANG = String.raw`
import ctypes, os, select, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.mount(b"none", b"/", None, 1 << 18 | 1 << 14, None)
fds = []
for path in sys.argv[2:]:
    fds.append(os.open("/dev/fuse", os.O_RDWR))
    mode = "40555" if os.path.isdir(path) else "100555"
    options = "fd=%d,rootmode=%s,user_id=0,group_id=0,allow_other" % (fds[-1], mode)
    if libc.mount(b"hang", path.encode(), b"fuse", 0, options.encode()):
        sys.exit("%s: %s" % (path, os.strerror(ctypes.get_errno())))
for fd in fds:
    unique = struct.unpack_from("<Q", os.read(fd, 1 << 16), 8)[0]
    os.write(fd, struct.pack("<IiQ IIII HHI IHH 8I", 80, 0, unique, 7, 31, 0, 0, 16, 16, 4096, 1, 0, 0, *[0] * 8))
parent = os.getpid()
if os.fork() == 0:
    os.close(0), os.close(1), os.close(2)
    poll = select.poll()
    for fd in fds:
        poll.register(fd, select.POLLIN)
    # A killed parent stays a zombie while its threads wait here, so its death is not signalled.
    while os.getppid() == parent and b") Z " not in open("/proc/%d/stat" % parent, "rb").read():
        for fd, _ in poll.poll(200):
            os.read(fd, 1 << 16)
    os._exit(0)
os.execv("/bin/sh", ["sh", "-c", sys.argv[1]])
`;
const UNPRIVILEGED = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all', 'sh', '-c'];

/** Command and arguments that run a shell command with hanging reads of some files or folders. */
export const hangingCommand = (command: string, paths: readonly string[]): readonly [string, ...string[]] => [
  'unshare',
  '-m',
  'python3',
  '-I',
  '-c',
  HANG,
  command,
  ...paths,
];

/** Transport to this machine with hanging reads of some files or folders; a login without rights, with root by sudo. */
export function hangingTransport(paths: readonly string[], login: 'root' | 'user' = 'root'): Transport {
  const local = localTransport();
  return {
    ...local,
    exec: (command) => {
      const isRoot = login === 'root' || command.includes('/usr/bin/sudo');
      const withRights = isRoot
        ? command.replace(/\S*\/usr\/bin\/sudo\S* '?-n'? '?--'? /, '')
        : `exec ${shellCommand([...UNPRIVILEGED, command])}`;
      return local.exec(`exec ${shellCommand(hangingCommand(withRights, paths))}`);
    },
  };
}

/** `beforeEach` hook that skips tests without root, which mounts need, or without FUSE. */
export const needsFuse = ({ skip }: TestContext): void => {
  skip(process.getuid?.() !== 0, 'needs root: hung files are FUSE mounts');
  let usable = true;
  try {
    closeSync(openSync('/dev/fuse', 'r+'));
  } catch {
    usable = false;
  }
  skip(!usable, '/dev/fuse is not usable on this machine');
};
