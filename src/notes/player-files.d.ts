/** Files of asciinema-player as text: Vite knows `?raw` itself, the build by a plugin of its own. */
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
