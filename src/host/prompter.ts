/** Asks the person; undefined when they gave up. Answers never go to a log, a recording or the screen. */
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
  /** A banner or a note worth seeing while connecting. Hostile text: sanitise before showing. */
  readonly tell: (line: string) => void;
}
