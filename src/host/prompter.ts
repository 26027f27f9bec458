/** Prompter asks the engineer; undefined when cancelled. Answers never go to a log, a recording or the screen. */
export interface Prompter {
  readonly secret: (question: {
    readonly title: string;
    readonly prompt: string;
    readonly echo?: boolean;
  }) => Promise<string | undefined>;
  readonly confirm: (question: {
    readonly title: string;
    readonly lines: readonly string[];
    readonly yes: string;
  }) => Promise<boolean>;
  /** Shows a banner or a notice while connecting. Hostile text: sanitise it before. */
  readonly notify: (line: string) => void;
}
