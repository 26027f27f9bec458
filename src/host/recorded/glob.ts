import { partMatcher } from '../../lib/glob-pattern.ts';

interface Listed {
  readonly names: (path: string) => Promise<ReadonlySet<string>>;
  /** Text of a file, or target of a link for a read of links. */
  readonly text: (path: string) => Promise<string | undefined>;
}

/** Recorded files that match a pattern, with their texts by path. */
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
    const content = await text(path);
    if (content !== undefined) found.set(path, content);
  }
  return found.size > 0 ? found : undefined;
}
