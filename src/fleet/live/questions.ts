import type { Prompter } from '../../host/prompter.ts';

type Confirm = Parameters<Prompter['confirm']>[0];

/** Question that waits for the engineer, with the hosts whose logins asked it: those behind one jump host ask about its key. */
export interface PendingQuestion {
  readonly hosts: readonly string[];
  readonly question: Confirm;
}

/**
 * Questions of many logins. A host key is not confirmed at once: the login fails, its question goes to a list, and after the
 * engineer's yes the next login gets the same answer. Passwords are not requested for a glance; a passphrase of a key is, once.
 */
export class GatheredQuestions {
  readonly #prompter: Prompter;
  readonly #pending = new Map<string, PendingQuestion>();
  readonly #approved = new Set<string>();
  readonly #passphrases = new Map<string, Promise<string | undefined>>();

  constructor(prompter: Prompter) {
    this.#prompter = prompter;
  }

  /** Prompter of the logins of one host. */
  of(host: string): Prompter {
    return {
      confirm: async (question) => {
        const key = keyOf(question);
        if (this.#approved.has(key)) return true;
        this.#pending.set(key, { hosts: [...(this.#pending.get(key)?.hosts ?? []), host], question });
        return false;
      },
      secret: async (question) => {
        const { title, prompt } = question;
        if (!prompt.startsWith('Passphrase for key ')) return undefined;
        const key = `${title}\n${prompt}`;
        const known = this.#passphrases.get(key) ?? this.#prompter.secret(question);
        this.#passphrases.set(key, known);
        return known;
      },
      notify: () => undefined,
    };
  }

  get pending(): readonly PendingQuestion[] {
    return [...this.#pending.values()];
  }

  /** Asks the pending questions one by one; `approved` is called with the hosts of each that got a yes. */
  async ask(approved: (hosts: readonly string[]) => void): Promise<void> {
    const all = [...this.#pending];
    for (const [index, [key, { hosts, question }]] of all.entries()) {
      const title = all.length === 1 ? question.title : `${question.title}, ${index + 1} of ${all.length}`;
      const yes = await this.#prompter.confirm({ ...question, title });
      this.#pending.delete(key);
      if (!yes) continue;
      this.#approved.add(key);
      approved(hosts);
    }
  }
}

const keyOf = ({ title, lines }: Confirm): string => [title, ...lines].join('\n');
