import { sensors } from '../../sources/machine/sensors.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Temperature at the limit that the vendor set. */
export const overheating = defineFinding({
  id: 'overheating',
  title: 'Over temperature',
  needs: { sensors },
  authority: 'limits of the sensor: temp*_max warns, temp*_crit is critical (kernel: hwmon/sysfs-interface)',
  judge: (moment) =>
    (moment.sensors.now ?? []).flatMap(({ id, chip, label, celsius, maxCelsius, criticalCelsius }): Found[] => {
      if (celsius === undefined) return [];
      const critical = criticalCelsius !== undefined && celsius >= criticalCelsius;
      const limit = critical ? criticalCelsius : maxCelsius;
      if (limit === undefined || celsius < limit) return [];
      return [
        {
          severity: critical ? 'crit' : 'warn',
          subject: `${chip} ${label}`,
          entity: entityRef('sensor', id),
          sentence: `${celsius.toFixed(0)}°C, ${critical ? 'critical limit' : 'limit'} ${limit.toFixed(0)}°C`,
          evidence: [
            { what: 'temperature', value: `${celsius.toFixed(1)}°C`, source: `/sys/class/hwmon/${id}_input` },
            {
              what: 'limit',
              value: `${limit.toFixed(1)}°C`,
              source: `/sys/class/hwmon/${id}_${critical ? 'crit' : 'max'}`,
            },
          ],
          next: 'check fans, inlet air and dust; next come throttling and emergency shutdown',
          pane: 'hardware',
        },
      ];
    }),
});
