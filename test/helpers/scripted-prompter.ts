import type { Prompter } from '../../src/host/prompter.ts';

/** A person who answers from a script, and remembers every question. */
export interface ScriptedPrompter extends Prompter {
  readonly asked: readonly string[];
  readonly told: readonly string[];
}

/**
 * `secrets` are given in turn; undefined (or none left) gives up. `confirms` likewise, false when none is left.
 * A question that nobody scripted is thus answered by "no", never by a hanging test.
 */
export function scriptedPrompter(
  script: { readonly secrets?: readonly (string | undefined)[]; readonly confirms?: readonly boolean[] } = {},
): ScriptedPrompter {
  const secrets = [...(script.secrets ?? [])];
  const confirms = [...(script.confirms ?? [])];
  const asked: string[] = [];
  const told: string[] = [];
  return {
    asked,
    told,
    secret: async ({ title, prompt, echo }) => {
      asked.push(`${echo === true ? 'echo' : 'secret'}: ${title}: ${prompt}`);
      return secrets.shift();
    },
    confirm: async ({ title, lines }) => {
      asked.push(`confirm: ${title}: ${lines.join(' | ')}`);
      return confirms.shift() ?? false;
    },
    tell: (line) => told.push(line),
  };
}
