import type { ReportFiles } from './files.ts';

const FOLDER = '/sos_commands';

/** What the commands of a report printed, whichever plugin ran them. */
export class ReportCommands {
  readonly #files: ReportFiles;
  /** Name of the file → its path. */
  readonly #places: ReadonlyMap<string, string>;

  private constructor(files: ReportFiles, places: ReadonlyMap<string, string>) {
    this.#files = files;
    this.#places = places;
  }

  static async in(files: ReportFiles): Promise<ReportCommands> {
    const places = new Map<string, string>();
    const walk = async (folder: string, depth: number): Promise<void> => {
      for (const name of [...(await files.names(folder))].toSorted()) {
        const path = `${folder}/${name}`;
        // A plugin's own subfolders: `ceph/json_output`, `docker/containers`.
        if (depth > 0 && (await files.names(path)).size > 0) await walk(path, depth - 1);
        else if (!places.has(name)) places.set(name, path);
      }
    };
    await walk(FOLDER, 2);
    return new ReportCommands(files, places);
  }

  /** Of exactly this command. */
  async output(command: string): Promise<string | undefined> {
    return this.named(commandFile(command));
  }

  async named(name: string): Promise<string | undefined> {
    const path = this.#places.get(name);
    return path === undefined ? undefined : this.#files.text(path);
  }

  /** Of all commands that begin like this, by what follows in the name of the file. */
  async outputs(begin: string): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const name of this.#places.keys()) {
      const text = name.startsWith(begin) ? await this.named(name) : undefined;
      if (text !== undefined) found.set(name.slice(begin.length), text);
    }
    return found;
  }
}

/** As sos names the output of a command: without the folder of the program, other characters as `_`, slashes as dots. */
export const commandFile = (command: string): string =>
  command
    .replace(/^\/(?:usr\/)?s?bin\//, '')
    .replaceAll(/[^\w./-]+/g, '_')
    .replaceAll('/', '.')
    .replaceAll(/^[ ._-]+|[ ._-]+$/g, '')
    .slice(0, 255);
