import { Box, Text, useWindowSize } from 'ink';
import { useLayoutEffect, useSyncExternalStore } from 'react';
import type { BodyPainter } from './body-painter.ts';
import { drawFrame } from './frame-lines.ts';
import { shareFrame } from './share-flow.ts';
import type { Screen } from './screen.ts';

/** Whole screen: Ink writes the lines around the body, the painter those of the body. */
export function App({
  screen,
  drawing,
  painter,
}: {
  screen: Screen;
  /** Number of the drawing; a new one remounts. */
  drawing: number;
  painter: BodyPainter;
}) {
  useSyncExternalStore(screen.subscribe, screen.version);
  const size = useWindowSize();
  const drawn = drawFrame(screen, size);
  const { head, body, foot } = drawn;
  useLayoutEffect(() => {
    painter.paint(body, head.length);
    shareFrame(screen, drawn, size);
  });
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows} key={drawing}>
      {head.length > 0 && <Text wrap="truncate">{head.join('\n')}</Text>}
      <Box height={body.length} />
      <Text wrap="truncate">{foot}</Text>
    </Box>
  );
}
