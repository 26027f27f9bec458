/** Records of level warn and above, and of the others, that are kept: a storm of one kind leaves the other as it is. */
const MOST_WARNINGS = 1000;
const MOST_OTHERS = 600;
/** Length at which a record is cut; the kernel's own limit is 1024 bytes. */
const LONGEST = 1024;
/** Level of warnings: lower numbers are worse. */
const WARN = 4;

interface KeptRecord {
  readonly sequence: number;
  readonly text: string;
}

/**
 * RecordLog keeps the newest records of the kernel log. Its text stays the same until one comes:
 *
 *     lost 0
 *     6,2340,91533012,-;EXT4-fs (sda1): mounted filesystem<tab>SUBSYSTEM=block<tab>DEVICE=b8:1
 *
 * `lost` counts records that the kernel overwrote before they were read. A record is priority (facility × 8 + level), sequence number, µs
 * since boot, flags; text; then the fields of its device. Documentation/ABI/testing/dev-kmsg.
 */
export class RecordLog {
  #warnings: KeptRecord[] = [];
  #others: KeptRecord[] = [];
  #last: number | undefined;
  #lost = 0;
  #text: string | undefined;

  /** Adds records as /dev/kmsg gives them. */
  add(text: string): this {
    // A device's fields are on lines of their own, which begin with a blank.
    for (const record of text.replaceAll('\n ', '\t').split('\n')) this.#addRecord(record);
    this.#warnings = this.#warnings.slice(-MOST_WARNINGS);
    this.#others = this.#others.slice(-MOST_OTHERS);
    return this;
  }

  text(): string {
    return (this.#text ??= [
      `lost ${this.#lost}`,
      ...[...this.#warnings, ...this.#others].toSorted((a, b) => a.sequence - b.sequence).map(({ text }) => text),
    ].join('\n'));
  }

  #addRecord(text: string): void {
    const [, priority, sequenceText] = /^(\d{1,4}|-),(\d{1,15}),/.exec(text) ?? [];
    if (priority === undefined || sequenceText === undefined) return;
    const sequence = Number(sequenceText);
    // A new connection begins with what is known.
    if (this.#last !== undefined && sequence <= this.#last) return;
    if (this.#last !== undefined) this.#lost += sequence - this.#last - 1;
    this.#last = sequence;
    (Number(priority) % 8 > WARN ? this.#others : this.#warnings).push({ sequence, text: text.slice(0, LONGEST) });
    this.#text = undefined;
  }
}

/**
 * Records of dmesg(1), with their level (`--raw`) or without (then it is `-`); the position in the ring takes the place of the number.
 *
 *     <3>[ 5617.219698] EXT4-fs error (device sda1)…
 */
export function recordsOfDmesg(text: string): string {
  return text
    .split('\n')
    .map((line, index) => {
      const [, priority = '-', seconds, rest] = /^(?:<(\d{1,4})>)?\[ *(\d{1,10}\.\d{6})\] (.*)$/.exec(line) ?? [];
      return seconds === undefined ? '' : `${priority},${index},${Math.round(Number(seconds) * 1e6)},-;${rest}`;
    })
    .join('\n');
}
