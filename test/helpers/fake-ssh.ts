import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Shell script in the place of ssh(1): -G, a master with a control socket, and its clients. Commands run on this machine. */
export interface FakeSsh {
  readonly path: string;
  /** Arguments of every start, one line per start. */
  readonly starts: () => string[];
}

export interface FakeSshOptions {
  /** Output of -G. */
  readonly config?: string;
  /** Shell code that a master runs before it is ready; `exit 255` makes the login fail. */
  readonly login?: string;
  /** Shell code that a client runs before its command; writes the messages of ssh -v to `$log`. */
  readonly open?: string;
}

const OPENED = `echo 'debug1: mux_client_request_session: master session id: 2' >"$log"`;

export function fakeSsh(folder: string, options: FakeSshOptions = {}): FakeSsh {
  const path = join(folder, 'ssh');
  const starts = join(folder, 'starts');
  writeFileSync(join(folder, 'config'), options.config ?? 'hostname web');
  const script = `#!/bin/sh
printf '%s ' "$@" | tr '\\n' ' ' >>'${starts}'; echo >>'${starts}'
before=; control=; log=; kind=client
for word in "$@"; do
  case $before in -S) control=$word ;; -E) log=$word ;; esac
  case $word in -M) kind=master ;; -G) kind=config ;; -W) kind=dial ;; esac
  before=$word
done
case $kind in
config) cat '${folder}/config'; exit ;;
master)
  ${options.login ?? ':'}
  : >"$control"; trap 'exit 0' TERM
  while [ ! -e '${folder}/drop' ]; do sleep 0.05; done
  echo 'Connection to web closed by remote host.' >&2; exit 255 ;;
dial) exit 255 ;;
esac
[ -e "$control" ] || exit 255
${options.open ?? OPENED}
exec sh -c "$before"
`;
  writeFileSync(path, script, { mode: 0o755 });
  return { path, starts: () => readFileSync(starts, 'utf8').trim().split('\n') };
}

/** Ends the connection of a master from the far side. */
export const dropMaster = (folder: string): void => writeFileSync(join(folder, 'drop'), '');
