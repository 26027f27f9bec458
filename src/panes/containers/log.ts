import { lxdGroupName, type Container } from '../../entities/containers/container.ts';
import type { Missing } from '../../host/host.ts';
import { plain } from '../../lib/plain.ts';
import { plural } from '../../lib/units.ts';
import { containerLog, isDockerLogFile, type ContainerLogSample, type LogLine, type LogTarget } from '../../sources/containers/container-log.ts'; // prettier-ignore
import { bindDetail } from '../../sources/source.ts';
import { nothingWords, ownWords, stateOfMissing, stateWords, type NothingWords } from '../../timeline/reading-state.ts';
import { textColumn } from '../../ui/kit/columns.ts';
import type { Column, Detail, TableSection } from '../pane.ts';

/** Names that may stand in a path of a log. */
const SAFE = /^[A-Za-z0-9][\w.-]{0,254}$/;

/** Log of a container; undefined where its engine keeps none in a known file, or its name cannot stand in a path. */
export function logTarget(
  { engine, id, name, instance }: Pick<Container, 'engine' | 'id' | 'name' | 'instance'>,
  /** Of Docker, once its daemon has replied; `` where the log driver keeps no file. */
  logPath?: string,
): LogTarget | undefined {
  if (engine === 'docker') {
    const by = logPath === undefined ? 'either' : isDockerLogFile(logPath) ? 'file' : 'daemon';
    return id !== undefined && SAFE.test(id) ? { of: 'docker', id, by } : undefined;
  }
  if (instance !== undefined) {
    const folder = lxdGroupName(instance);
    return SAFE.test(folder) ? { of: 'lxd', place: instance.place, folder } : undefined;
  }
  return engine === 'lxc' && SAFE.test(name) ? { of: 'lxc', name } : undefined;
}

const TITLES: Readonly<Record<string, string>> = {
  log: 'Log',
  snap: 'Log',
  api: 'Log',
  console: 'Console',
  qemu: 'QEMU',
};

/** End of the log of a container, the newest line first, followed while it is open; `/` filters it. */
export function logDetail(name: string, target: LogTarget): Detail {
  return {
    id: 'container-log',
    title: `log of ${name}`,
    sources: { log: bindDetail(containerLog, target) },
    everySeconds: 2,
    sections: (samples, missing) => {
      // bindDetail gave it this sample; undefined until read.
      const { log } = samples as { readonly log?: ContainerLogSample };
      if (log === undefined) return [logTable('log', [], nothingWords('none', { state: 'not read yet' }))];
      const none = ownWords('empty');
      return log.files.length > 0
        ? log.files.map((file) => logTable(file.name, file.lines, none))
        : [logTable('log', [], reasonOf(target, missing['log'] ?? {}))];
    },
  };
}

/** Why no log was read: by the reply of dockerd where it was asked, else by the files: of another log driver, or not readable. */
export function reasonOf(target: LogTarget, missing: Readonly<Record<string, Missing>>): NothingWords {
  const { api } = missing;
  const worst = [api, ...Object.values(missing)].find((one) => one !== undefined && one.why !== 'absent');
  if (worst !== undefined) return stateWords(stateOfMissing(worst));
  if (api !== undefined) return ownWords(`not present: ${plain(api.detail)}`);
  return ownWords(
    target.of === 'docker'
      ? 'not present: no file of the log driver json-file; journald and local keep others (docker inspect, LogConfig)'
      : 'not present: no log file of it',
  );
}

const columns: readonly Column<NumberedLine>[] = [
  textColumn({ id: 'time', title: 'TIME', about: 'Time that Docker took the line, UTC; of others it stands in the text.', width: 12, rank: 1, value: ({ at }) => at?.slice(11, 23).replace('Z', '') }),
  { ...textColumn<NumberedLine>({ id: 'text', title: 'MESSAGE', about: 'Line of the log; yellow on stderr, and of priority ERROR and worse.', width: 40, grow: true, rank: 0, value: ({ text }) => plain(text) }), role: ({ isError }) => (isError ? 'warn' : 'text') },
]; // prettier-ignore

/** Line with its key: that of Docker's clock, else its text, and its number among equal ones. */
interface NumberedLine extends LogLine {
  readonly key: string;
}

function numbered(lines: readonly LogLine[]): readonly NumberedLine[] {
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const base = line.at ?? line.text;
    const before = seen.get(base) ?? 0;
    seen.set(base, before + 1);
    return { ...line, key: `${base} ${before}` };
  });
}

const logTable = (id: string, lines: readonly LogLine[], empty: NothingWords): TableSection<NumberedLine> => ({
  kind: 'table',
  id,
  title: TITLES[id] ?? id,
  note: `last ${plural(lines.length, 'line')}, newest first, followed; / filters`,
  sources: ['container-log'],
  columns,
  // Lines of one millisecond keep their order.
  rows: numbered(lines).toReversed(),
  key: ({ key }) => key,
  sort: { column: '', descending: false },
  empty,
  minRows: 6,
});
