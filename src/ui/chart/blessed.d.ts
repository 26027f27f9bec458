/** The few files of blessed and blessed-contrib that we load one by one; neither has types for them. */
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
  /** Makes an element; `Chart` in offscreen.ts is what we use of it. */
  const widget: (options: object) => unknown;
  export default widget;
}
