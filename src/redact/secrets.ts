export { maskSecrets } from '../lib/secrets.ts';
