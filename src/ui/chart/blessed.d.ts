/** Files of blessed and blessed-contrib that are loaded one by one; neither package has types. */
declare module 'blessed/lib/events.js' {
  export const EventEmitter: { call(self: object): void };
}
declare module 'blessed/lib/widgets/screen.js' {
  const Screen: { readonly prototype: object };
  export default Screen;
}
declare module 'blessed/lib/program.js' {
  const Program: { readonly prototype: object };
  export default Program;
}
declare module 'blessed-contrib/lib/widget/*' {
  /** Constructor of an element; `Chart` in offscreen.ts is the used part. */
  const widget: (options: object) => unknown;
  export default widget;
}
