/** The MCP SDK and zod: a chunk of the build that only `crashcart mcp` loads, so that no other start pays for it. */
export { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
export { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
export { z } from 'zod';
