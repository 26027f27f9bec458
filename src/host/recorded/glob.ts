import { partMatcher } from '../../lib/glob-pattern.ts';

interface Listed {
  readonly names: (path: string) => Promise<ReadonlySet<string>>;
  /** The text of a file, or of a link where links are read. */
  readonly text: (path: string) => Promise<string | undefined>;
}

/** The files that a pattern of a host's paths names, in recorded ones. */
export async function recordedGlob(
  pattern: string,
  { names, text }: Listed,
): Promise<ReadonlyMap<string, string> | undefined> {
  let paths = [''];
  for (const part of pattern.split('/').slice(1)) {
    const matches = partMatcher(part);
    const deeper: string[] = [];
    for (const path of paths)
      if (/[*?[]/.test(part))
        for (const name of await names(path || '/')) deeper.push(...(matches(name) ? [`${path}/${name}`] : []));
      else deeper.push(`${path}/${part}`);
    paths = deeper;
  }
  const found = new Map<string, string>();
  for (const path of paths.toSorted()) {
    const said = await text(path);
    if (said !== undefined) found.set(path, said);
  }
  return found.size > 0 ? found : undefined;
}
