import { TalkError } from '../protocol.ts';

/** Keys of LXD's configuration that hold what belongs to the owner of a container, or start commands. */
const OWNERS = /^(environment|user|cloud-init|raw|nvidia)\./;
/** Keys that may hold a secret whatever they belong to. `fds` of an LXD operation are the secrets of its sockets. */
const SECRET =
  /secret|passw|passphrase|credential|token|private[._-]?key|api[._-]?key|^fds$|^Env$|^(https?|no)proxy$|^core\.proxy_/i;
/** Labels that say who a container belongs to. Others are anybody's, and are known to hold hashes of passwords. */
const KNOWN_LABELS =
  /^(com\.docker\.(compose|swarm|stack)\.|io\.kubernetes\.|io\.podman\.|io\.containers\.|org\.opencontainers\.image\.|annotation\.io\.kubernetes\.)/;
/** Where Docker keeps labels; those of an event stand among its attributes. */
const LABELS = new Set(['Labels', 'Attributes']);

/** The answer without what may be secret in it: it is kept, shown, recorded and handed on from here. */
export function withoutSecrets(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TalkError('failed', 'the answer is no JSON');
  }
  return JSON.stringify(cleaned(value));
}

/** The same of a value that is parsed already. */
export function cleaned(value: unknown, within = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => cleaned(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !OWNERS.test(key) && !SECRET.test(key) && (!LABELS.has(within) || isKnownLabel(key)))
      .map(([key, inner]) => [key, cleaned(inner, key)]),
  );
}

/** Attributes of an event that are no labels (name, image, exitCode, signal) have no dot. */
const isKnownLabel = (key: string): boolean => !key.includes('.') || KNOWN_LABELS.test(key);
