import type { Prompter } from '../../src/host/prompter.ts';

/** Prompter with scripted answers that records every question and notice. */
export interface ScriptedPrompter extends Prompter {
  readonly asked: readonly string[];
  readonly notices: readonly string[];
}

/**
 * `secrets` are given in turn; undefined (or none left) cancels. `confirms` likewise, false when none is left: a question
 * without a script never hangs a test.
 */
export function scriptedPrompter(
  script: { readonly secrets?: readonly (string | undefined)[]; readonly confirms?: readonly boolean[] } = {},
): ScriptedPrompter {
  const secrets = [...(script.secrets ?? [])];
  const confirms = [...(script.confirms ?? [])];
  const asked: string[] = [];
  const notices: string[] = [];
  return {
    asked,
    notices,
    secret: async ({ title, prompt, echo }) => {
      asked.push(`${echo === true ? 'echo' : 'secret'}: ${title}: ${prompt}`);
      return secrets.shift();
    },
    confirm: async ({ title, lines }) => {
      asked.push(`confirm: ${title}: ${lines.join(' | ')}`);
      return confirms.shift() ?? false;
    },
    notify: (line) => notices.push(line),
  };
}
