import { symbolPlace, wantedBuildIds, type SymbolPlace } from '../../entities/processes/symbol-places.ts';
import { plain } from '../../lib/plain.ts';
import { cut } from '../../lib/text-width.ts';
import { count, NONE, plural } from '../../lib/units.ts';
import { processObjects, type MappedObject, type MappedObjects } from '../../sources/processes/objects.ts';
import { symbolFiles, type SymbolFiles } from '../../sources/processes/symbol-files.ts';
import { bindDetail } from '../../sources/source.ts';
import { nothingWords, ownWords, stateOfDetail, stateWords, type NothingWords } from '../../timeline/reading-state.ts';
import { textColumn } from '../../ui/kit/columns.ts';
import { onDemandSection } from '../../ui/kit/on-demand.ts';
import type { Column, Detail, ProcessRef, TableSection } from '../pane.ts';

/** Page of the debug symbols of a process, read once when it is opened. */
export const symbolsDetail = (process: ProcessRef): Detail => ({
  id: 'process-symbols',
  title: `debug symbols of ${plain(process.name)} (${process.pid})`,
  sources: { objects: bindDetail(processObjects, process) },
  everySeconds: 60,
  process,
  sections: (samples, missing) => {
    // A sample of processObjects by bindDetail, or undefined before the first read.
    const sample = samples['objects'] as MappedObjects | undefined;
    const ids = wantedBuildIds(sample?.objects ?? []);
    return [
      objectsSection(sample, undefined, nothingWords('no objects', stateOfDetail(sample, missing['objects']))),
      ...(sample === undefined || ids.length === 0 ? [] : [beyondSection(process, sample, ids)]),
      ...(sample?.objects.some(({ go }) => go.length > 0) ? [goSection(sample.objects)] : []),
      ...(sample?.python.size ? [pythonSection(sample.python)] : []),
    ];
  },
});

interface Row {
  readonly object: MappedObject;
  readonly place: SymbolPlace;
}

const columns: readonly Column<Row>[] = [
  textColumn({ id: 'object', title: 'OBJECT', about: 'Program or library that the process has mapped as code; deleted: replaced on disk since.', width: 24, grow: true, rank: 0, value: ({ object }) => `${plain(object.path)}${object.isDeleted ? ' (deleted)' : ''}` }),
  textColumn({ id: 'package', title: 'PACKAGE', about: 'Debian package of the file.', width: 14, widest: 30, rank: 1, value: ({ object }) => object.package && plain(object.package.name) }),
  textColumn({ id: 'version', title: 'VERSION', about: 'Installed version of that package.', width: 14, widest: 30, rank: 2, value: ({ object }) => object.package?.version && plain(object.package.version) }),
  textColumn({ id: 'symbols', title: 'SYMBOLS', about: 'Nearest place of its debug symbols: in the file, on the host, on this machine, at debuginfod, in a package.', width: 26, grow: true, rank: 0, value: ({ place }) => placeText(place) }),
  textColumn({ id: 'build-id', title: 'BUILD-ID', about: 'Build-id, by which debuginfod and gdb find the symbols.', width: 12, widest: 40, rank: 3, value: ({ object }) => object.buildId && plain(object.buildId) }),
]; // prettier-ignore

function placeText(place: SymbolPlace): string {
  switch (place.at) {
    case 'in the file':
      return place.at;
    case 'on the host':
    case 'on this machine':
    case 'at debuginfod':
      return `${place.at}: ${plain(place.where)}`;
    case 'in a package':
      return `${plain(`${place.package} ${place.version ?? ''}`).trim()}${place.isOther ? ', installed in another version' : ', not installed'}`;
    case 'names only':
      return 'names of functions only';
    case 'nowhere':
      return 'stripped, no package';
  }
}

const objectsSection = (
  sample: MappedObjects | undefined,
  files: SymbolFiles | undefined,
  empty: NothingWords,
): TableSection<Row> => ({
  kind: 'table',
  id: 'objects',
  title: sample?.isInside === true ? 'Objects, files of its container' : 'Objects',
  note: sample === undefined ? NONE : `${count(sample.objects.length)}${sample.left > 0 ? `, ${count(sample.left)} more` : ''}`,
  sources: ['process-objects', ...(files === undefined ? [] : ['symbol-files'])],
  columns,
  rows: (sample?.objects ?? []).map((object) => ({ object, place: symbolPlace(object, files) })),
  key: ({ object }) => object.path,
  sort: { column: 'object', descending: false },
  empty,
}); // prettier-ignore

const beyondSection = (process: ProcessRef, sample: MappedObjects, ids: readonly string[]) =>
  onDemandSection(
    {
      what: 'symbols beyond the host',
      cost: `this machine asks the servers of DEBUGINFOD_URLS for ${plural(ids.length, 'build-id')}; nothing goes to the host`,
    },
    () => beyondDetail(process, sample, ids),
  );

const serverText = (server: string, { failed }: SymbolFiles): string =>
  plain(failed.has(server) ? `${server} (${failed.get(server)})` : server);

/** The same objects with what this machine and debuginfod have. */
const beyondDetail = (process: ProcessRef, sample: MappedObjects, buildIds: readonly string[]): Detail => ({
  id: 'symbols-beyond',
  title: `symbols beyond the host of ${plain(process.name)} (${process.pid})`,
  sources: { files: bindDetail(symbolFiles, { buildIds }) },
  everySeconds: 60,
  sections: (samples, missing) => {
    // A sample of symbolFiles by bindDetail, or undefined before the first read.
    const files = samples['files'] as SymbolFiles | undefined;
    const state = stateOfDetail(files, missing['files'], 'remote');
    const asked =
      files?.remote === undefined
        ? `debuginfod: ${missing['files']?.['remote']?.why === 'absent' ? 'DEBUGINFOD_URLS is not set' : stateWords(state)}`
        : `debuginfod: ${files.servers.map((server) => serverText(server, files)).join(', ')}, ${count(files.remote.size)} found`;
    return [
      objectsSection(sample, files, ownWords('no objects')),
      {
        kind: 'lines',
        id: 'servers',
        title: 'Servers',
        sources: ['symbol-files'],
        wantRows: () => 1,
        draw: (width, _rows, theme) => [theme.paint('text', cut(asked, width))],
      },
    ];
  },
});

const goSection = (objects: readonly MappedObject[]): TableSection<{ readonly line: string }> => ({
  kind: 'table',
  id: 'go',
  title: 'Go build',
  sources: ['process-objects'],
  columns: [
    textColumn({ id: 'line', title: 'BUILD INFORMATION', about: 'Version of Go, module and revision that the program was built of.', width: 40, grow: true, rank: 0, value: ({ line }) => line }),
  ],
  rows: objects.flatMap(({ go }) => go.map((line) => ({ line: plain(line.replaceAll('\t', ' ')) }))),
  key: ({ line }) => line,
  sort: { column: 'line', descending: false },
  empty: ownWords('none'),
}); // prettier-ignore

const pythonSection = (folders: MappedObjects['python']): TableSection<{ readonly name: string; readonly version: string; readonly folder: string }> => ({
  kind: 'table',
  id: 'python',
  title: 'Python packages',
  sources: ['process-objects'],
  columns: [
    textColumn({ id: 'name', title: 'DISTRIBUTION', about: 'Distribution of Python that the process can import.', width: 28, rank: 0, value: ({ name }) => name }),
    textColumn({ id: 'version', title: 'VERSION', about: 'Its version.', width: 16, rank: 0, value: ({ version }) => version }),
    textColumn({ id: 'folder', title: 'FOLDER', about: 'Folder that it is in: of a virtual environment, of pip, or of the distribution.', width: 24, grow: true, rank: 1, value: ({ folder }) => folder }),
  ],
  rows: [...folders].flatMap(([folder, names]) =>
    names.map((one) => {
      const [name = '', version = ''] = one.split(' ');
      return { name: plain(name), version: plain(version), folder: plain(folder) };
    }),
  ),
  key: ({ name, folder }) => `${folder}/${name}`,
  sort: { column: 'name', descending: false },
  empty: ownWords('none'),
}); // prettier-ignore
