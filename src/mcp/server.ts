import { createHash } from 'node:crypto';
import type { Audit } from '../host/audit.ts';
import { RecordingError } from '../recording/recording-error.ts';
import { gated } from '../exports/redacted-output.ts';
import { TableError } from '../exports/pane-table.ts';
import { RedactionError } from '../redact/redaction-error.ts';
import { answerOf, NOTICE } from './answer.ts';
import { RequestError } from './host-set.ts';
import { readTools, type ReadTool, type Reading } from './tools.ts';

const INSTRUCTIONS = `crashcart reads Linux hosts: incidents with their culprit first, tables, timelines, raw readings. Every tool reads, none changes a host or runs a command.
Start with list_hosts and incidents; then incident for the evidence, ledger for what was cleared or could not be read, changes for what was changed before.
An unknown value is null and never 0. Names, addresses and ids may be pseudonyms; use them in later requests as they are. Each answer is in the audit log of the engineer.
${NOTICE}`;

interface Running {
  readonly version: string;
  readonly audit: Audit;
  /** Resolves at the end of the input. */
  readonly closed: Promise<void>;
  /** Takes an unexpected error, whose text may quote a host and is not given out. */
  readonly onError: (error: unknown) => void;
}

/** Serves the tools on standard input and output until the client closes it. */
export async function serve(reading: Reading, running: Running): Promise<void> {
  const { McpServer, StdioServerTransport, z } = await import('./sdk.ts');
  const server = new McpServer({ name: 'crashcart', version: running.version }, { instructions: INSTRUCTIONS });
  const outputSchema = {
    notice: z.string(),
    redacted: z.boolean(),
    host: z.string().optional(),
    at: z.string().optional(),
    data: z.record(z.string(), z.unknown()),
    leftOut: z.number().optional(),
  };
  for (const tool of readTools(z)) {
    const { name, title, description, input: inputSchema } = tool;
    const annotations = {
      title,
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    };
    server.registerTool(name, { title, description, inputSchema, outputSchema, annotations }, (input) =>
      answered(tool, input, reading, running),
    );
  }
  await server.connect(new StdioServerTransport());
  await running.closed;
  await server.close();
}

/** Result of one call, written to the audit log before it is given out. */
async function answered(
  tool: ReadTool,
  input: Readonly<Record<string, unknown>>,
  reading: Reading,
  { audit, onError }: Running,
) {
  const startMs = Date.now();
  const log = (text: string, outcome: string) =>
    audit.add({
      wallMs: startMs,
      host: typeof input['host'] === 'string' ? input['host'] : 'all',
      as: 'user',
      command: `mcp ${tool.name} ${JSON.stringify(input)}`,
      why: `${outcome}: ${text.length} characters, sha256:${createHash('sha256').update(text).digest('hex')}`,
      tookMs: Date.now() - startMs,
    });
  try {
    const structuredContent = answerOf(await tool.read(input, reading), reading.redaction);
    const text = JSON.stringify(structuredContent);
    log(text, 'answer to an MCP client');
    return { structuredContent, content: [{ type: 'text' as const, text }] };
  } catch (error) {
    const text = gated(problemOf(error, onError), reading.redaction);
    log(text, 'refused to an MCP client');
    return { isError: true, content: [{ type: 'text' as const, text }] };
  }
}

/** Sentence about a failed call. */
function problemOf(error: unknown, onError: Running['onError']): string {
  const isKnown =
    error instanceof RequestError ||
    error instanceof TableError ||
    error instanceof RedactionError ||
    error instanceof RecordingError;
  if (isKnown) return error.message;
  onError(error);
  return 'internal error, see the standard error of crashcart';
}
