import type { ReportFiles } from './files.ts';

const FOLDER = '/sos_commands';

/** Command outputs of a report, of all plugins. */
export class ReportCommands {
  readonly #files: ReportFiles;
  /** File name → path. */
  readonly #paths: ReadonlyMap<string, string>;

  private constructor(files: ReportFiles, paths: ReadonlyMap<string, string>) {
    this.#files = files;
    this.#paths = paths;
  }

  static async in(files: ReportFiles): Promise<ReportCommands> {
    const paths = new Map<string, string>();
    const walk = async (folder: string, depth: number): Promise<void> => {
      for (const name of [...(await files.names(folder))].toSorted()) {
        const path = `${folder}/${name}`;
        // Subfolders of a plugin: `ceph/json_output`, `docker/containers`.
        if (depth > 0 && (await files.names(path)).size > 0) await walk(path, depth - 1);
        else if (!paths.has(name)) paths.set(name, path);
      }
    };
    await walk(FOLDER, 2);
    return new ReportCommands(files, paths);
  }

  /** Output of exactly this command. */
  async output(command: string): Promise<string | undefined> {
    return this.named(commandFile(command));
  }

  async named(name: string): Promise<string | undefined> {
    const path = this.#paths.get(name);
    return path === undefined ? undefined : this.#files.text(path);
  }

  /** Outputs of all commands with a prefix, by the rest of the file name. */
  async outputs(begin: string): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const name of this.#paths.keys()) {
      const text = name.startsWith(begin) ? await this.named(name) : undefined;
      if (text !== undefined) found.set(name.slice(begin.length), text);
    }
    return found;
  }
}

/** File name of an output as in sos: without the folder of the program, other characters as `_`, slashes as dots. */
export const commandFile = (command: string): string =>
  command
    .replace(/^\/(?:usr\/)?s?bin\//, '')
    .replaceAll(/[^\w./-]+/g, '_')
    .replaceAll('/', '.')
    .replaceAll(/^[ ._-]+|[ ._-]+$/g, '')
    .slice(0, 255);
