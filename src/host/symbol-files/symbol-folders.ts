import { homedir } from 'node:os';

let configured: readonly string[] = [];

/** Sets the folders of the config, before the first stack is read. */
export const useSymbolFolders = (folders: readonly string[]): void => {
  configured = folders;
};

/** Folders of the engineer with packages of debug symbols: of the config, and of CRASHCART_SYMBOLS, separated by `:`. */
export const symbolFolders = (env: NodeJS.ProcessEnv, home = homedir()): readonly string[] => [
  ...configured.map((folder) => folder.replace(/^~(?=\/|$)/, home)),
  ...(env['CRASHCART_SYMBOLS'] ?? '').split(':').filter((folder) => folder !== ''),
];
