import { homedir } from 'node:os';
import { join } from 'node:path';
import { filledFile } from '../../symbol-files/object-store.ts';
import { DaemonError, type DaemonConnection, type Protocol } from '../protocol.ts';

/** Build-ids of one request. */
const MAX_IDS = 256;
const PARALLEL = 6;
const SERVER_MS = 10_000;
const BUILD_ID = /^[\da-f]{6,128}$/;

/** Where debuginfod is asked: words of `DEBUGINFOD_URLS`, which may hold policies too (`ima:enforcing`). debuginfod-find(1). */
export const debuginfodUrls = (env: NodeJS.ProcessEnv): readonly string[] =>
  (env['DEBUGINFOD_URLS'] ?? '').split(/\s+/).filter((word) => /^https?:\/\/\S+$/.test(word));

/** Cache of the client of debuginfod. */
export const debuginfodCache = (env: NodeJS.ProcessEnv, home = homedir()): string =>
  env['DEBUGINFOD_CACHE_PATH'] || join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'debuginfod_client');

/** Files with the symbols of a build-id on this machine: of gdb, of the client of debuginfod, of perf. */
export function localPlaces(id: string, env: NodeJS.ProcessEnv, home = homedir()): readonly string[] {
  const caches = [debuginfodCache(env, home), join(home, '.debuginfod_client_cache')];
  const name = join(id.slice(0, 2), id.slice(2));
  return [
    `/usr/lib/debug/.build-id/${name}.debug`,
    ...caches.map((cache) => join(cache, id, 'debuginfo')),
    join(home, '.debug/.build-id', name, 'debug'),
  ];
}

/**
 * Symbols of build-ids on this machine and on the servers of debuginfod that its environment names. Nothing of it is sent to the
 * host; a server gets the build-ids alone, and of its reply only the head is read. https://sourceware.org/elfutils/Debuginfod.html
 *
 *     local ID…        {"ID":"/home/me/.cache/debuginfod_client/ID/debuginfo"}
 *     debuginfod ID…   {"servers":["https://debuginfod.debian.net"],"found":{"ID":"https://debuginfod.debian.net/buildid/ID/debuginfo"},"failed":{}}
 */
export const symbols: Protocol = {
  name: 'symbols',
  what: 'this machine, not the host, for debug symbols by build-id, and, when the engineer opens that page, the servers of DEBUGINFOD_URLS',
  allowed: ['workstation:symbols: local BUILD-ID…', 'workstation:symbols: debuginfod BUILD-ID…'],
  refusal: (to, request) =>
    to === 'workstation:symbols' && parsedRequest(request) !== undefined ? undefined : `${to} < ${request}: no symbols`,
  connect: () => symbolsConnection(process.env, fetch),
};

function parsedRequest(request: string) {
  const [where, ...ids] = request.split(' ');
  const fits = ids.length > 0 && ids.length <= MAX_IDS && ids.every((id) => BUILD_ID.test(id));
  return fits && (where === 'local' || where === 'debuginfod') ? { where, ids } : undefined;
}

export const symbolsConnection = (env: NodeJS.ProcessEnv, get: typeof fetch): DaemonConnection => ({
  request: async (request) => {
    const asked = parsedRequest(request);
    if (asked === undefined) throw new DaemonError('failed', 'symbols: no such request');
    if (asked.where === 'debuginfod') return JSON.stringify(await onServers(asked.ids, debuginfodUrls(env), get));
    return JSON.stringify(
      Object.fromEntries(
        asked.ids.flatMap((id) => {
          const path = filledFile(localPlaces(id, env));
          return path === undefined ? [] : [[id, path]];
        }),
      ),
    );
  },
  close: () => undefined,
});

async function onServers(ids: readonly string[], servers: readonly string[], get: typeof fetch) {
  if (servers.length === 0) throw new DaemonError('absent', 'DEBUGINFOD_URLS: not set in this environment');
  const found: Record<string, string> = {};
  const failed: Record<string, string> = {};
  const waiting = [...new Set(ids)];
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift())
      for (const server of servers) {
        const url = `${server.replace(/\/$/, '')}/buildid/${id}/debuginfo`;
        const reply = await headOf(url, get);
        if (reply === 'yes') {
          found[id] = url;
          break;
        }
        if (reply !== 'no') failed[server] = reply;
      }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return { servers, found, failed };
}

/** Whether a server has it, by the status of its reply; else why that is not known. */
async function headOf(url: string, get: typeof fetch): Promise<string> {
  try {
    const reply = await get(url, { signal: AbortSignal.timeout(SERVER_MS) });
    await reply.body?.cancel();
    return reply.ok ? 'yes' : reply.status === 404 ? 'no' : `HTTP ${reply.status}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
    return cause ?? (error instanceof Error ? error.message : String(error));
  }
}
