import { openSync, closeSync } from 'node:fs';
import { shellCommand } from '../../src/lib/shell-quote.ts';
import { localTransport } from '../../src/host/local-transport.ts';
import type { Transport } from '../../src/host/transport.ts';
import type { TestContext } from 'vitest';

/** Mounts FUSE without a server over each path in a mount namespace, then executes the command, which keeps the mounts. */
const HANG = String.raw`
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.mount(b"none", b"/", None, 1 << 18 | 1 << 14, None)
for path in sys.argv[2:]:
    fd = os.open("/dev/fuse", os.O_RDWR)
    os.set_inheritable(fd, True)
    options = "fd=%d,rootmode=100444,user_id=0,group_id=0,allow_other" % fd
    if libc.mount(b"hang", path.encode(), b"fuse", 0, options.encode()):
        sys.exit("%s: %s" % (path, os.strerror(ctypes.get_errno())))
os.execv("/bin/sh", ["sh", "-c", sys.argv[1]])
`;

/** Transport to this machine with hanging reads of some files. */
export function hangingTransport(paths: readonly string[]): Transport {
  const local = localTransport();
  return {
    ...local,
    exec: (command) =>
      local.exec(`exec ${shellCommand(['unshare', '-m', 'python3', '-I', '-c', HANG, command, ...paths])}`),
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
