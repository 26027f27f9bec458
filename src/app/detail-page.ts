import { missing, type Missing } from '../host/host.ts';
import type { Detail, Section } from '../panes/pane.ts';
import type { Screen } from './screen.ts';
import { Surface } from './surface.ts';

/** Opens a detail page; its reads run while it is open. */
export function openDetail(screen: Screen, detail: Detail): void {
  const session = screen.watch?.session;
  if (!session) return;
  let samples: Readonly<Record<string, unknown>> = {};
  let gone: Readonly<Record<string, Readonly<Record<string, Missing>>>> = {};
  let made: { readonly samples: unknown; readonly gone: unknown; readonly sections: readonly Section[] } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let open = true;
  const names = Object.entries(detail.sources);
  const dueMs = new Map<string, number>();
  const readMs = new Map<string, number>();
  const periods = new Map(
    names.map(([, { id, everySeconds = 0 }]) => [id, Math.max(detail.everySeconds, everySeconds) || Infinity]),
  );

  const readDue = async () => {
    // While paused nothing is read.
    if (session.timeline.cursorMs === undefined)
      await Promise.all(
        names.map(async ([name, source]) => {
          if (Date.now() < (dueMs.get(name) ?? 0)) return;
          dueMs.set(name, Date.now() + (source.everySeconds ?? 0) * 1000);
          try {
            const seen = await session.readDetail(source);
            readMs.set(source.id, Date.now());
            samples = { ...samples, [name]: seen.sample };
            gone = { ...gone, [name]: seen.missing };
          } catch (error) {
            dueMs.delete(name);
            const words = error instanceof Error ? error.message : String(error);
            gone = { ...gone, [name]: { read: missing('failed', words) } };
          }
          if (open) screen.changed();
        }),
      );
    if (open && detail.everySeconds > 0) timer = setTimeout(() => void readDue(), detail.everySeconds * 1000);
  };

  const readingOf = (id: string) => {
    const [wallMs, everySeconds] = [readMs.get(id), periods.get(id)];
    return wallMs === undefined || everySeconds === undefined ? undefined : { wallMs, everySeconds };
  };
  const sections = () => {
    if (made?.samples === samples && made.gone === gone) return made.sections;
    made = { samples, gone, sections: detail.sections(samples, gone) };
    return made.sections;
  };
  screen.layers.push({
    kind: 'page',
    surface: new Surface({ id: detail.id, title: detail.title, sections, process: detail.process, readingOf }),
    onClose: () => {
      open = false;
      clearTimeout(timer);
    },
  });
  if (names.length > 0) void readDue();
}
