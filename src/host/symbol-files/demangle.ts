const MAX_NAME = 4000;
/** Characters that a name may become. */
const MAX_DEMANGLED = 16 << 20;
/** Most that a reference to an earlier part lets a name grow by: three to each level, the cube root of 3. */
const GROWTH = 3 ** (1 / 3);
const REFERENCE = /[ST][\dA-Z]*_/g;

/** Whether a name may be larger than any that a compiler writes: parts that refer to earlier ones twice double at each level. */
const isBomb = (name: string): boolean => name.length * GROWTH ** (name.match(REFERENCE)?.length ?? 0) > MAX_DEMANGLED;

/** Names of C++ and Rust as their sources have them, by the library of the Firefox Profiler, which is loaded when it is needed. */
export async function demangler(): Promise<(name: string) => string> {
  const { demangle_any: demangle } = await import('gecko-profiler-demangle');
  return (name) => {
    if (!/^_*(?:Z|R)/.test(name) || name.length > MAX_NAME || isBomb(name)) return name;
    try {
      const demangled = demangle(name);
      // Of what it does not know it takes one underscore away.
      return name === `_${demangled}` ? name : demangled;
    } catch {
      return name;
    }
  };
}
