/** What the packages are made of. */
export interface PackageInputs {
  /** Folder of the project, with dist/ built. */
  readonly root: string;
  readonly version: string;
  /** Time of all files, seconds since 1970. */
  readonly epoch: number;
  /** The pinned Node, and the text of its licence. */
  readonly node: { readonly path: string; readonly licence: string };
}
