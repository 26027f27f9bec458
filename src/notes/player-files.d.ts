/** Files of asciinema-player as text: `?raw` is built into Vite, and a plugin in scripts/build.ts. */
declare module '*/asciinema-player.min.js?raw' {
  const text: string;
  export default text;
}
declare module '*/asciinema-player.css?raw' {
  const text: string;
  export default text;
}
declare module '*/LICENSE?raw' {
  const text: string;
  export default text;
}
