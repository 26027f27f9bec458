export const TABLE_FORMATS = ['text', 'csv', 'ndjson', 'json'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];
