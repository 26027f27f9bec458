import { createHash } from 'node:crypto';
import { closeSync, constants, fdatasyncSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Mark } from '../collect/session.ts';
import { stateFolder } from '../host/audit.ts';
import { json } from '../lib/json.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { isInvalid, numberFrom, objectOf, oneOf, optional, textOf } from '../lib/schema.ts';
import { plural } from '../lib/units.ts';
import type { SegmentEvent } from './events.ts';
import { RecordingError } from './recording-error.ts';

/** Bytes of a file that are read, and up to which it grows: some 10 000 notes. */
const MAX_BYTES = 1 << 20;
const MAX_CHARACTERS = 4000;
const MAX_NAME_CHARACTERS = 255;
const SUFFIX = '.notes.jsonl';

/** Line of the file. Each names its recording, so that damage of one loses no other. */
interface NoteLine {
  readonly notes: 1;
  /** `recordingId` of the recording. */
  readonly recording: string;
  /** Time in the recording, and that of the writing, ms since 1970. */
  readonly t: number;
  readonly made: number;
  /** Empty for a marker. */
  readonly text: string;
  /** Host of a set that the note is about; absent: all of it. */
  readonly host?: string | undefined;
}

/** Recordings that are opened as one. */
export interface RecordedSet {
  /** What its lines name in the place of a recording. */
  readonly id: string;
  /** Name of its file in the state folder, without suffix. */
  readonly ownName: string;
}

/** Time of a Date, ms since 1970. */
const time = numberFrom(-8.64e15, 8.64e15);
const decodeLine = objectOf<NoteLine>({
  notes: oneOf(1),
  recording: textOf(64),
  t: time,
  made: time,
  text: textOf(MAX_CHARACTERS),
  host: optional(textOf(MAX_NAME_CHARACTERS)),
});

/** Checksum of what makes a recording unique, the same while it is written and after it is truncated, copied or renamed. */
export const recordingId = ({ host, kind, began, redacted }: SegmentEvent): string =>
  createHash('sha256')
    .update(JSON.stringify([host, kind, began, redacted]))
    .digest('hex')
    .slice(0, 32);

/**
 * Markers and notes that were set while a recording was replayed, in a file beside it, `FILE.notes.jsonl`; in the state folder of the
 * user where that cannot be written. Lines are only appended. The files are as hostile as the recording: they come with it.
 */
export class NotesFile {
  /** Sentences about lines that are not shown. */
  readonly problems: readonly string[];
  readonly #recording: string;
  readonly #paths: readonly string[];
  #marks: readonly Mark[] = [];
  #merged: { readonly notes: readonly Mark[]; readonly recorded: number; readonly all: readonly Mark[] } | undefined;

  /** `of`: first event of the recording, or a set of them. `beside`: path of either; undefined: the state folder alone. */
  constructor(of: SegmentEvent | RecordedSet, beside: string | undefined) {
    const { id, ownName } = 'id' in of ? of : { id: recordingId(of), ownName: recordingId(of) };
    this.#recording = id;
    const own = join(stateFolder('notes'), `${ownName}${SUFFIX}`);
    this.#paths = beside === undefined ? [own] : [`${beside}${SUFFIX}`, own];
    this.problems = this.#paths.flatMap((path) => this.#read(path));
  }

  /** Marks by time. */
  get marks(): readonly Mark[] {
    return this.#marks;
  }

  /** Marks of the recording, a list that only grows, and the notes, by time. The screen asks for them with every frame. */
  among(recorded: readonly Mark[]): readonly Mark[] {
    const notes = this.#marks;
    if (notes.length === 0) return recorded;
    if (this.#merged?.notes !== notes || this.#merged.recorded !== recorded.length) {
      const all = [...recorded, ...notes].toSorted((one, other) => one.wallMs - other.wallMs);
      this.#merged = { notes, recorded: recorded.length, all };
    }
    return this.#merged.all;
  }

  /** Appends a note, or a marker without text; the result is the path of its file. Throws a RecordingError. */
  add(t: number, text: string, made: number, host?: string): string {
    const line: NoteLine = { notes: 1, recording: this.#recording, t, made, text: maskSecrets(text).slice(0, MAX_CHARACTERS), host }; // prettier-ignore
    const failures: string[] = [];
    for (const path of this.#paths)
      try {
        append(path, JSON.stringify(line));
        this.#take(line);
        return path;
      } catch (error) {
        failures.push(`${path}: ${messageOf(error)}`);
      }
    throw new RecordingError(`note not saved: ${failures.join('; ')}`);
  }

  #take({ t, text, host }: NoteLine): void {
    const mark: Mark = { wallMs: t, kind: text === '' ? 'marker' : 'note', text, ...(host !== undefined && { host }) };
    const at = this.#marks.findLastIndex(({ wallMs }) => wallMs <= t) + 1;
    this.#marks = this.#marks.toSpliced(at, 0, mark);
  }

  #read(path: string): readonly string[] {
    let text: string;
    let isCut: boolean;
    try {
      ({ text, isCut } = textOfFile(path));
    } catch (error) {
      return isCode(error, 'ENOENT') ? [] : [`${path}: ${messageOf(error)}, notes in it not shown`];
    }
    const all = text.split('\n').filter((line) => line.trim() !== '');
    const known = all.flatMap((line) => {
      const decoded = decodeLine(json(line));
      return isInvalid(decoded) ? [] : [decoded];
    });
    const own = known.filter(({ recording }) => recording === this.#recording);
    for (const line of own) this.#take(line);
    const [damaged, foreign] = [all.length - known.length, known.length - own.length];
    return [
      ...(damaged > 0 ? [`${path}: ${plural(damaged, 'unreadable line')}`] : []),
      ...(foreign > 0 ? [`${path}: ${plural(foreign, 'note')} of another recording, not shown`] : []),
      ...(isCut ? [`${path}: larger than ${MAX_BYTES >> 20} MiB, the rest is not shown`] : []),
    ];
  }
}

/** Path that notes of a recording go beside: of a report in an archive the archive's with the name of the report. */
export const notesBeside = (file: string, member: string | undefined): string =>
  join(dirname(file), [basename(file), ...(member === undefined ? [] : member.split('/'))].join('.'));

/** A link is refused: in a folder from elsewhere it may lead to any file of the user. A FIFO does not block. */
const NO_LINK = constants.O_NOFOLLOW | constants.O_NONBLOCK;

function textOfFile(path: string): { readonly text: string; readonly isCut: boolean } {
  return withFile(path, constants.O_RDONLY | NO_LINK, (file, size) => {
    const bytes = Buffer.alloc(Math.min(size, MAX_BYTES));
    const text = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0)).toString('utf8');
    return { text, isCut: size > MAX_BYTES };
  });
}

function append(path: string, line: string): void {
  // The state folder may not exist yet; the folder of a recording does.
  if (dirname(path) === stateFolder('notes')) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  withFile(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | NO_LINK, (file, size) => {
    const last = Buffer.alloc(1);
    if (size > 0) readSync(file, last, 0, 1, size - 1);
    // A line that was cut does not take the next one with it.
    const bytes = Buffer.from(`${size > 0 && last.toString() !== '\n' ? '\n' : ''}${line}\n`);
    if (size + bytes.length > MAX_BYTES) throw new RangeError(`file full, ${MAX_BYTES >> 20} MiB`);
    writeSync(file, bytes);
    fdatasyncSync(file);
  });
}

function withFile<Result>(path: string, flags: number, then: (file: number, size: number) => Result): Result {
  const file = openSync(path, flags, 0o600);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new RangeError('not a regular file');
    return then(file, stats.size);
  } finally {
    closeSync(file);
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

const messageOf = (error: unknown): string =>
  isCode(error, 'ELOOP') ? 'symbolic link' : error instanceof Error ? error.message : String(error);
