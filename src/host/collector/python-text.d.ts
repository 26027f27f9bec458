/** A Python package as one text: scripts/python-bundle.ts, for esbuild, Vite and Node alike. */
declare module '*.py?program' {
  const text: string;
  export default text;
}
