import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DebugPackages } from '../../symbol-files/debug-packages.ts';
import { Debuginfod } from '../../symbol-files/debuginfod.ts';
import { cacheFolder, ObjectCache } from '../../symbol-files/object-cache.ts';
import { filledFile, ObjectStore } from '../../symbol-files/object-store.ts';
import { symbolFolders } from '../../symbol-files/symbol-folders.ts';
import { ProgramConnection } from '../program-connection.ts';
import type { Protocol } from '../protocol.ts';
import { debuginfodCache, debuginfodUrls, localPlaces } from '../symbols/symbols.ts';
import { CORE } from './core-reply.ts';
import { NativeConnection } from './native-connection.ts';
import program from './crashcart_stacks/__main__.py?program';

/** Address of the program on the host. */
const HERE = 'stacks:processes';

const READ = /^read [1-9]\d{0,9} (?:\d{1,20}|-)$/;

/**
 * Stacks of processes of the host, by one small Python program that reads their memory and keeps what it found out about each. The first
 * request starts it.
 */
export const stacks: Protocol = {
  name: 'stacks',
  what: 'stacks of one process while their page is open, from /proc/PID/mem and /proc/PID/task (stat, status, wchan, stack, syscall), without a stop or a signal; needs root or the same user. Native code is unwound and named here, with debug symbols of this machine, of the packages in the folders of symbolFolders, and of the servers of DEBUGINFOD_URLS, which get build-ids',
  argv: () => ['/usr/bin/python3', '-I', '-u', '-c', program],
  refusal: (to, request) =>
    to === HERE && (READ.test(request) || CORE.test(request)) ? undefined : `${to} < ${request}: no request of stacks`,
  allowed: [
    'stacks:processes: read PID START, kernel and runtime frames of all threads (up to 5 000), and of goroutines; up to 96 MiB of memory, 1 s of CPU time and 3 s per reading. Of stacks of native threads (up to 64 KiB each) words that are addresses of code or of that stack leave the host, no other memory; of each program and library once its unwind tables and names of functions, for this host in the cache of this machine',
    'stacks:processes: core PATH, notes of a core dump, the first page of each object in it, and up to 64 KiB of the stack of each thread; of these the words that are addresses of code or of that stack leave the host, and of each file that it names, if it is still the same one, unwind tables and names of functions. A compressed core is decompressed up to its stacks, within 15 s of CPU time and 25 s',
  ],
  // One request at a time of each process: a read of one whose memory map is locked hangs.
  connect: (dial, host = randomUUID()) =>
    new NativeConnection(
      new ProgramConnection(dial, (request) => request.split(' ', 2).join(' ')),
      objectStore(),
      host,
    ),
};

let store: ObjectStore | undefined;

/** Symbols of this machine, the same for all hosts. */
const objectStore = (): ObjectStore => (store ??= madeStore(process.env));

function madeStore(env: NodeJS.ProcessEnv): ObjectStore {
  const servers = new Debuginfod(debuginfodUrls(env), debuginfodCache(env), env, fetch);
  const packages = new DebugPackages(symbolFolders(env), join(cacheFolder(env), 'debug'));
  return new ObjectStore(new ObjectCache(join(cacheFolder(env), 'objects')), (buildId, arrived) => {
    const here = filledFile([...localPlaces(buildId, env), packages.path(buildId)]);
    if (here !== undefined) return here;
    packages.want(buildId, arrived);
    servers.want(buildId, arrived);
    return undefined;
  });
}
