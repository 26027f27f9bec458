import { fields, json, textOf } from '../../../lib/json.ts';

/** What an argument of a Ceph command may be. */
export type Argument = 'word' | 'count' | readonly string[];

/** Commands that only read, by their prefix, with the arguments that each may have. */
export type CephCommands = Readonly<Record<string, Readonly<Record<string, Argument>>>>;

const WORD = /^[\w.-]{1,64}$/;

const fits = (value: unknown, argument: Argument | undefined): boolean =>
  argument === 'count'
    ? Number.isSafeInteger(value) && (value as number) >= 0
    : argument === 'word'
      ? typeof value === 'string' && WORD.test(value)
      : argument !== undefined && typeof value === 'string' && argument.includes(value);

/**
 * Undefined when a request is one JSON object whose `prefix` is on the list and whose every argument is as listed, else one
 * sentence. What is not known is refused: `config set`, `injectargs`, `perf reset` and all that acts has no line here.
 */
export function commandRefusal(request: string, commands: CephCommands): string | undefined {
  const asked = fields(json(request));
  const { prefix, ...rest } = asked;
  if (typeof prefix !== 'string' || !Object.hasOwn(commands, prefix))
    return `${typeof prefix === 'string' ? prefix : request} is no Ceph command that may be asked`;
  const wrong = Object.entries(rest).find(
    ([name, value]) => name !== 'format' && !fits(value, commands[prefix]?.[name]),
  );
  return wrong ? `${prefix} may not be asked with ${wrong[0]}` : undefined;
}

export const describeCommands = (commands: CephCommands): readonly string[] =>
  Object.entries(commands).map(([prefix, args]) => {
    const words = Object.entries(args).map(([name, value]) =>
      typeof value === 'string' ? `<${name}>` : value.join('|'),
    );
    return [prefix, ...words].join(' ');
  });

/** The command's name, for sentences. */
export const prefixOf = (request: string): string => textOf(fields(json(request))['prefix']) ?? 'it';
