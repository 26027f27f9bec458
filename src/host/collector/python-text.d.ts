/** A Python program as text: Vite knows `?raw` itself, esbuild by `loader: {'.py': 'text'}`. */
declare module '*.py?raw' {
  const text: string;
  // oxlint-disable-next-line import/no-default-export -- what both bundlers give
  export default text;
}
