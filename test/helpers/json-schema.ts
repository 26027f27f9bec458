/** The part of JSON Schema that docs/report.schema.json uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly description?: string;
  readonly title?: string;
  readonly $schema?: string;
}

const KEYWORDS: ReadonlySet<string> = new Set(
  '$ref $defs type const enum pattern minimum minItems maxItems items properties required additionalProperties description title $schema'.split(
    ' ',
  ),
);

/** Problems of a value, by their paths; an unknown keyword of the schema is one, so that none is passed over. */
export function schemaProblems(value: unknown, schema: JsonSchema, root = schema, path = ''): readonly string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KEYWORDS.has(keyword));
  if (unknown.length > 0) return [`${path}: keyword ${unknown.join(', ')} not known`];
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.replace('#/$defs/', '')];
    return target ? schemaProblems(value, target, root, path) : [`${path}: ${schema.$ref} not defined`];
  }
  const problems: string[] = [];
  const types = schema.type === undefined ? undefined : [schema.type].flat();
  if (types && !types.some((type) => isOfType(value, type))) return [`${path}: ${typeName(value)}, not ${types.join(' or ')}`]; // prettier-ignore
  if (schema.const !== undefined && value !== schema.const)
    problems.push(`${path}: not ${JSON.stringify(schema.const)}`);
  if (schema.enum && !schema.enum.includes(value)) problems.push(`${path}: ${String(value)} not in the list`);
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(String(value))) problems.push(`${path}: ${String(value)}`); // prettier-ignore
  if (schema.minimum !== undefined && Number(value) < schema.minimum) problems.push(`${path}: below ${schema.minimum}`);
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity))
      problems.push(`${path}: ${value.length} items`);
    const { items } = schema;
    if (items) problems.push(...value.flatMap((one, index) => schemaProblems(one, items, root, `${path}/${index}`)));
  } else if (typeof value === 'object' && value !== null) {
    const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
    const names = new Set(entries.map(([name]) => name));
    problems.push(...(schema.required ?? []).flatMap((name) => (names.has(name) ? [] : [`${path}/${name}: missing`])));
    for (const [name, entry] of entries) {
      const of = schema.properties?.[name];
      if (of) problems.push(...schemaProblems(entry, of, root, `${path}/${name}`));
      else if (schema.additionalProperties === false) problems.push(`${path}/${name}: not in the schema`);
    }
  }
  return problems;
}

const typeName = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

const isOfType = (value: unknown, type: string): boolean =>
  type === 'integer' ? Number.isInteger(value) : typeName(value) === type;
