import type { ReportFiles } from './files.ts';

const FOLDER = '/sos_commands';
/** Folders below that of a plugin: `kubernetes/cluster-info/NAMESPACE/pods`. */
const DEPTH = 5;
/** Pods' logs: thousands of files that answer no read. */
const NOT_READ: ReadonlySet<string> = new Set(['podlogs']);

/**
 * Program of a snap or in a container, by the name that it has elsewhere: `openstack-hypervisor.ovs-appctl`, `k8s kubectl`,
 * `podman exec ovn-dbs ovn-nbctl`.
 */
const PREFIX =
  /^(?:[a-z][a-z\d-]*[._]|(?:podman|docker)_exec_.+?_)(?=(?:ovs-(?:appctl|vsctl|ofctl|dpctl)|ovsdb-client|ovn-(?:appctl|[ns]bctl)|kubectl|ceph|lxc|virsh)_)/;

/** Output of a command whose name matches a form. */
export interface MatchedOutput {
  readonly match: RegExpExecArray;
  readonly text: string;
}

/** Command outputs of a report, of all plugins. */
export class ReportCommands {
  readonly #files: ReportFiles;
  /** File name, without the prefix of a snap or container → path. */
  readonly #paths: ReadonlyMap<string, string>;

  private constructor(files: ReportFiles, paths: ReadonlyMap<string, string>) {
    this.#files = files;
    this.#paths = paths;
  }

  static async in(files: ReportFiles): Promise<ReportCommands> {
    const paths = new Map<string, string>();
    const prefixed = new Map<string, string>();
    const walk = async (folder: string, depth: number): Promise<void> => {
      for (const name of [...(await files.names(folder))].toSorted()) {
        const path = `${folder}/${name}`;
        if (depth > 0 && !NOT_READ.has(name) && (await files.names(path)).size > 0) await walk(path, depth - 1);
        else {
          const known = name.replace(PREFIX, '');
          const found = known === name ? paths : prefixed;
          if (!found.has(known)) found.set(known, path);
        }
      }
    };
    await walk(FOLDER, DEPTH);
    return new ReportCommands(files, new Map([...prefixed, ...paths]));
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

  /** Outputs of all commands whose file name matches, in the order of the report. */
  async matching(form: RegExp): Promise<readonly MatchedOutput[]> {
    const found: MatchedOutput[] = [];
    for (const name of this.#paths.keys()) {
      const match = form.exec(name);
      const text = match ? await this.named(name) : undefined;
      if (match && text !== undefined) found.push({ match, text });
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

/** Text as a part of a regular expression. */
export const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** Whether an output is the error of a tool that did not reach its daemon, or did not run. */
export const isFailure = (text: string): boolean =>
  /^(?:\S+\|(?:ERR|WARN)\||ov[sn]-\w+: |Cannot connect|error: |Error |timeout: |bash: )/m.test(text);

/** JSON of an output; a warning may precede it, and the checksum of `ceph report` follows. */
export function jsonText(text: string | undefined): string | undefined {
  const begin = text?.search(/^[[{]/m) ?? -1;
  if (text === undefined || begin < 0) return undefined;
  return text.slice(begin, Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1);
}
