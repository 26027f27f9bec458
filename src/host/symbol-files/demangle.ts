const MAX_NAME = 4000;

/** Names of C++ and Rust as their sources have them, by the library of the Firefox Profiler, which is loaded when it is needed. */
export async function demangler(): Promise<(name: string) => string> {
  const { demangle_any: demangle } = await import('gecko-profiler-demangle');
  return (name) => {
    if (!/^_*(?:Z|R)/.test(name) || name.length > MAX_NAME) return name;
    try {
      const demangled = demangle(name);
      // Of what it does not know it takes one underscore away.
      return name === `_${demangled}` ? name : demangled;
    } catch {
      return name;
    }
  };
}
