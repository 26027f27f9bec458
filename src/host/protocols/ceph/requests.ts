import { fields, json, textOf } from '../../../lib/json.ts';

/** Allowed values of an argument of a Ceph command. */
export type Argument = 'word' | 'count' | readonly string[];

/** Read-only commands by prefix, with their allowed arguments. */
export type CephCommands = Readonly<Record<string, Readonly<Record<string, Argument>>>>;

const WORD = /^[\w.-]{1,64}$/;

const fits = (value: unknown, argument: Argument | undefined): boolean =>
  argument === 'count'
    ? Number.isSafeInteger(value) && (value as number) >= 0
    : argument === 'word'
      ? typeof value === 'string' && WORD.test(value)
      : argument !== undefined && typeof value === 'string' && argument.includes(value);

/**
 * Refusal of a request in one sentence; undefined when it is one JSON object whose `prefix` is on the list and whose arguments
 * are as listed. Unknown commands are refused: `config set`, `injectargs`, `perf reset` and all others that act are not listed.
 */
export function commandRefusal(request: string, commands: CephCommands): string | undefined {
  const { prefix, ...rest } = fields(json(request));
  if (typeof prefix !== 'string' || !Object.hasOwn(commands, prefix))
    return `${typeof prefix === 'string' ? prefix : request}: Ceph command not allowed`;
  const wrong = Object.entries(rest).find(
    ([name, value]) => name !== 'format' && !fits(value, commands[prefix]?.[name]),
  );
  return wrong ? `${prefix}: argument ${wrong[0]} not allowed` : undefined;
}

/** Lines for the sheet of reads: `perf dump <logger> <counter>`. */
export const describeCommands = (commands: CephCommands): readonly string[] =>
  Object.entries(commands).map(([prefix, args]) => {
    const words = Object.entries(args).map(([name, value]) =>
      typeof value === 'string' ? `<${name}>` : value.join('|'),
    );
    return [prefix, ...words].join(' ');
  });

/** Prefix of a request, for sentences. */
export const prefixOf = (request: string): string => textOf(fields(json(request))['prefix']) ?? 'request';
