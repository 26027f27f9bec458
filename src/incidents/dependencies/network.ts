import { entityRef } from '../../findings/entity-ref.ts';
import { links } from '../../sources/network/links.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

/** VLANs and tunnels on the link that carries them. */
export const networkDependencies = defineDependencies({
  id: 'network',
  needs: { links },
  of: ({ links: { now } }): readonly Dependency[] => {
    const names = new Map(now?.items.map(({ index, name }) => [index, name]));
    return (now?.items ?? []).flatMap(({ name, lowerIndex }): Dependency[] => {
      const lower = lowerIndex === undefined ? undefined : names.get(lowerIndex);
      return lower === undefined || lower === name
        ? []
        : [{ dependent: entityRef('nic', name), via: 'plugged-into', on: entityRef('nic', lower) }];
    });
  },
});
