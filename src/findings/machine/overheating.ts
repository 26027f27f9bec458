import { sensors } from '../../sources/machine/sensors.ts';
import { defineFinding, type Found } from '../finding.ts';

/** A part has reached the limit that its maker set. */
export const overheating = defineFinding({
  id: 'overheating',
  title: 'Too hot',
  needs: { sensors },
  authority: 'the part’s own limits: temp*_max warns, temp*_crit is critical (kernel: hwmon/sysfs-interface)',
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
          sentence: `${chip} ${label} is at ${celsius.toFixed(0)}°C, its ${critical ? 'critical limit' : 'limit'} is ${limit.toFixed(0)}°C`,
          evidence: [
            { what: 'temperature', value: `${celsius.toFixed(1)}°C`, source: `/sys/class/hwmon/${id}_input` },
            {
              what: 'limit',
              value: `${limit.toFixed(1)}°C`,
              source: `/sys/class/hwmon/${id}_${critical ? 'crit' : 'max'}`,
            },
          ],
          next: 'look at fans, inlet air and dust; a disk or CPU that goes on like this slows down, then turns itself off',
          pane: 'hardware',
        },
      ];
    }),
});
