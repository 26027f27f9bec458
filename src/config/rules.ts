import { basename } from 'node:path';
import { didYouMean } from '../lib/did-you-mean.ts';
import { parseCondition } from '../figures/condition.ts';
import { SENTENCE_FIELDS, type UserRule } from '../figures/user-rule.ts';
import { TomlTable, type ConfigFile, type Values } from './toml-table.ts';

export const RULE_SETTINGS = ['id', 'when', 'severity', 'sentence', 'next', 'title', 'role'] as const;

/** Longest sentence of a finding: 80 columns show its cause. */
const LONGEST = 90;

/** Throws a ConfigError. `taken`: ids of crashcart's rules. */
export function parseRules(root: Values, file: ConfigFile, taken: readonly string[]): readonly UserRule[] {
  const ids = new Set(taken);
  return TomlTable.list(root, 'rules', file).map((table) => {
    table.known(RULE_SETTINGS);
    const id = table.needed('id', 'commit-slow');
    if (!/^[a-z][a-z\d-]{0,39}$/.test(id))
      return table.fail('id', `rules.id "${id}" must be up to 40 lower-case letters, digits and dashes`);
    if (ids.has(id)) return table.fail('id', `rules.id "${id}" is the id of another rule`);
    ids.add(id);
    const condition = parseCondition(table.needed('when', 'osd commit > 200 ms for 3 s'));
    if ('problem' in condition) return table.fail('when', `rules.when: ${condition.problem}`);
    const title = table.text('title') ?? id;
    return {
      id,
      title,
      condition,
      severity: table.oneOf('severity', ['crit', 'warn', 'info']) ?? 'warn',
      role: table.oneOf('role', ['cause', 'pressure', 'symptom']) ?? 'symptom',
      sentence: sentenceOf(table),
      next: table.text('next'),
      place: basename(table.place('when')),
    };
  });
}

function sentenceOf(table: TomlTable): string {
  const sentence = table.text('sentence') ?? '{figure} {value}, limit {limit}';
  if (sentence.length > LONGEST) return table.fail('sentence', `rules.sentence has up to ${LONGEST} characters`);
  for (const [, field = ''] of sentence.matchAll(/\{([^{}]*)\}/g))
    if (!SENTENCE_FIELDS.some((known) => known === field))
      return table.fail('sentence', `rules.sentence: unknown {${field}}${didYouMean(field, SENTENCE_FIELDS) || `; valid: ${SENTENCE_FIELDS.join(', ')}`}`); // prettier-ignore
  return sentence;
}
