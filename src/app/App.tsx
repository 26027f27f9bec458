import { Box, Text, useWindowSize } from 'ink';
import { useSyncExternalStore } from 'react';
import { drawFrame } from './frame-lines.ts';
import type { Screen } from './screen.ts';

/**
 * The whole screen: a few blocks of finished lines. Ink lays them out and writes only what has changed; it is given no
 * more nodes than that, because each costs it time with every frame.
 */
export function App({
  screen,
  drawing,
}: {
  /** What is shown. */ screen: Screen;
  /** Another number draws afresh. */ drawing: number;
}) {
  useSyncExternalStore(screen.subscribe, screen.version);
  const size = useWindowSize();
  const { head, body, foot, box } = drawFrame(screen, size);
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows} key={drawing}>
      {head.length > 0 && <Text wrap="truncate">{head.join('\n')}</Text>}
      <Text wrap="truncate">{body.join('\n')}</Text>
      <Text wrap="truncate">{foot}</Text>
      {box && (
        <Box position="absolute" marginLeft={box.x} marginTop={box.y}>
          <Text wrap="truncate">{box.lines.join('\n')}</Text>
        </Box>
      )}
    </Box>
  );
}
