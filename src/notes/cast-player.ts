import script from '../../node_modules/asciinema-player/dist/bundle/asciinema-player.min.js?raw';
import style from '../../node_modules/asciinema-player/dist/bundle/asciinema-player.css?raw';
import playerLicence from '../../node_modules/asciinema-player/LICENSE?raw';
import solidLicence from '../../node_modules/solid-js/LICENSE?raw';
import type { CastPlayer } from './html.ts';

/** asciinema-player as published, Apache-2.0; its bundle contains solid-js, MIT. */
export const castPlayer: CastPlayer = {
  script,
  style,
  licence: `${playerLicence}\nIt contains solid-js:\n\n${solidLicence}`,
};
