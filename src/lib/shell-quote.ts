/** Quotes one argument for a POSIX shell. Throws for NUL, which no argument can hold. */
export function shellQuote(argument: string): string {
  if (argument.includes('\0')) throw new RangeError('an argument cannot hold a NUL byte');
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}

export const shellCommand = (argv: readonly string[]): string => argv.map(shellQuote).join(' ');
