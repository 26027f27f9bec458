import type { DaemonRead, FileRead } from '../../host/host.ts';
import { utcTime } from '../../lib/iso-time.ts';
import { utf8Length } from '../../lib/utf8-length.ts';
import { fields, json } from '../../lib/json.ts';
import { lines } from '../../lib/lines.ts';
import { defineDetail } from '../source.ts';

/** Container whose log is read: an id of Docker, the folder of an LXD instance, a name of plain LXC. */
export type LogTarget =
  | { readonly of: 'docker'; readonly id: string; readonly by: 'file' | 'daemon' | 'either' }
  | { readonly of: 'lxd'; readonly place: keyof typeof LXD_LOGS; readonly folder: string }
  | { readonly of: 'lxc'; readonly name: string };

/** Where LXD and Incus keep the logs of an instance, by their package. */
const LXD_LOGS = {
  deb: '/var/log/lxd',
  snap: '/var/snap/lxd/common/lxd/logs',
  incus: '/var/log/incus',
} as const;

const DOCKER = ['/var/lib/docker/containers', '/var/snap/docker/common/var-lib-docker/containers'] as const;
const LXD_FILES = ['lxc.log', 'console.log', 'qemu.log'] as const;
const LXC = '/var/log/lxc';
const DOCKER_SOCKET = '/run/docker.sock';

/** Whether Docker keeps a log in a file that may be read; else its daemon is asked. */
export const isDockerLogFile = (path: string | undefined): boolean =>
  path !== undefined && path.endsWith('-json.log') && DOCKER.some((folder) => path.startsWith(`${folder}/`));

/** Logs of which the end may be read. */
export const LOG_ENDS: readonly string[] = [
  ...DOCKER.map((folder) => `${folder}/<name>/<name>-json.log`),
  ...Object.values(LXD_LOGS).flatMap((folder) => LXD_FILES.map((file) => `${folder}/<name>/${file}`)),
  `${LXC}/<name>.log`,
];

const TAIL_BYTES = 64 << 10;
/** Lines of one file that are kept. */
const MOST_LINES = 400;

const endOf = (path: string): FileRead => ({ kind: 'file', path, tailBytes: TAIL_BYTES, as: 'root' });

const dockerFiles = (id: string) => ({
  log: endOf(`${DOCKER[0]}/${id}/${id}-json.log`),
  snap: endOf(`${DOCKER[1]}/${id}/${id}-json.log`),
});

const dockerRequest = (id: string): DaemonRead => ({
  kind: 'talk',
  dialect: 'http',
  to: DOCKER_SOCKET,
  request: `GET /containers/${id}/logs?stdout=1&stderr=1&timestamps=1&tail=${MOST_LINES}`,
  as: 'root',
  timeoutMs: 5000,
});

/** Line of a log; `at` (RFC 3339, UTC) and the stream are those of Docker. */
export interface LogLine {
  readonly at: string | undefined;
  readonly isError: boolean;
  /** Hostile text. */
  readonly text: string;
}

const EXAMPLE: LogTarget = { of: 'docker', id: '3f4c', by: 'file' };

/**
 * End of the log of one container, read from its file: Docker's log driver `json-file`
 * (https://docs.docker.com/engine/logging/drivers/json-file/; dockerd gives those of other drivers and folders), lxc.log, console.log and qemu.log of LXD, /var/log/lxc of plain LXC.
 *
 *     {"log":"listening on :8080\n","stream":"stderr","time":"2026-05-01T10:00:00.123456789Z"}
 *     lxc web 20260501100000.123 ERROR    start - start.c:__lxc_start:2107 - Failed to spawn container "web"
 */
export const containerLog = defineDetail({
  id: 'container-log',
  title: 'Log of one container',
  why: 'Shows the end of the log of a container, followed while it is open, from its file; dockerd gives the last 400 lines of one that is kept elsewhere.',
  example: EXAMPLE,
  reads: (target: LogTarget): Readonly<Record<string, FileRead | DaemonRead>> => {
    switch (target.of) {
      case 'docker':
        return { ...(target.by !== 'daemon' && dockerFiles(target.id)), ...(target.by !== 'file' && { api: dockerRequest(target.id) }) }; // prettier-ignore
      case 'lxd': {
        const at = (file: string) => endOf(`${LXD_LOGS[target.place]}/${target.folder}/${file}`);
        return { log: at('lxc.log'), console: at('console.log'), qemu: at('qemu.log') };
      }
      case 'lxc':
        return { log: endOf(`${LXC}/${target.name}.log`) };
    }
  },
  parse: (texts, target: LogTarget): ContainerLogSample => {
    const files = Object.entries(texts).flatMap(([name, text]) => {
      if (text === undefined) return [];
      const parse = target.of !== 'docker' ? plainLines : name === 'api' ? daemonLines : dockerLines;
      return [{ name, lines: parse(text).slice(-MOST_LINES) }];
    });
    // Both were read where it was not known which has it.
    return { files: files.length > 1 ? files.filter(({ name }) => name !== 'api') : files };
  },
});

export interface ContainerLogSample {
  /** Files that were read, by the name of the read. */
  readonly files: readonly { readonly name: string; readonly lines: readonly LogLine[] }[];
}

const plainLines = (text: string): readonly LogLine[] =>
  // The first line of an end may be a part of one.
  wholeLines(text).map((line) => ({
    at: undefined,
    isError: /\b(?:ERROR|CRIT|ALERT|FATAL)\b/.test(line),
    text: line,
  }));

/** Line that Docker cut above 16 KiB, until its last part. */
interface OpenLine {
  text: string;
  bytes: number;
}

function dockerLines(text: string): readonly LogLine[] {
  const out: LogLine[] = [];
  // Parts of stdout and of stderr may lie between each other.
  const open = new Map<unknown, OpenLine>();
  for (const line of lines(text)) {
    const { log, stream, time } = fields(json(line));
    if (typeof log !== 'string') continue;
    const part = open.get(stream) ?? { text: '', bytes: 0 };
    open.set(stream, part);
    part.text += log;
    part.bytes += utf8Length(log);
    if (!log.endsWith('\n') && part.bytes < TAIL_BYTES) continue;
    out.push({ at: timeOf(time), isError: stream === 'stderr', text: part.text.trimEnd() });
    open.delete(stream);
  }
  return out;
}

/** Line of the daemon: stream, time, text; without the stream of a container with a terminal, without the text of an empty line. */
const DAEMON_LINE = /^(?:([OE]) )?(\d{4}-\S+?(?:Z|[+-]\d\d:\d\d))(?: (.*))?$/;

const daemonLines = (text: string): readonly LogLine[] =>
  lines(text).map((line) => {
    const [, stream, time, rest = ''] = DAEMON_LINE.exec(line.trimEnd()) ?? [];
    const at = timeOf(time);
    return { at, isError: stream === 'E', text: at === undefined ? line : rest };
  });

/** The log driver `local` stamps the time of the zone of dockerd. */
const timeOf = (time: unknown): string | undefined => (typeof time === 'string' ? utcTime(time) : undefined);

const wholeLines = (text: string): readonly string[] =>
  lines(utf8Length(text) >= TAIL_BYTES ? text.slice(text.indexOf('\n') + 1) : text);
