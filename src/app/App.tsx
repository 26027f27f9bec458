import { Box, Text, useWindowSize } from 'ink';
import { useLayoutEffect, useSyncExternalStore } from 'react';
import type { BodyPainter } from './body-painter.ts';
import { drawFrame } from './frame-lines.ts';
import type { Screen } from './screen.ts';

/** The whole screen: Ink lays out head, body and foot and writes the lines around the body, the painter those of the body. */
export function App({
  screen,
  drawing,
  painter,
}: {
  /** What is shown. */ screen: Screen;
  /** Another number draws afresh. */ drawing: number;
  /** Writes the body. */ painter: BodyPainter;
}) {
  useSyncExternalStore(screen.subscribe, screen.version);
  const size = useWindowSize();
  const { head, body, foot } = drawFrame(screen, size);
  useLayoutEffect(() => {
    painter.paint(body, head.length);
  });
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows} key={drawing}>
      {head.length > 0 && <Text wrap="truncate">{head.join('\n')}</Text>}
      <Box height={body.length} />
      <Text wrap="truncate">{foot}</Text>
    </Box>
  );
}
