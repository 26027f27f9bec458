interface NvmeLogLike {
  readonly criticalWarning?: number;
  readonly temperatureC?: number;
  readonly sparePct?: number;
  readonly usedPct?: number;
  readonly mediaErrors?: number;
}

/**
 * Health log of an NVMe disk in hex, as the collector sends it. Other values are those of a Samsung SSD 970 EVO 500GB in the test
 * data of https://github.com/AnalogJ/scrutiny (MIT): smart-nvme-failed.json.
 */
export function nvmeLog(log: NvmeLogLike = {}): string {
  const { criticalWarning = 0, temperatureC = 35, sparePct = 99, usedPct = 3, mediaErrors = 0 } = log;
  const bytes = Buffer.alloc(232);
  bytes.writeUInt8(criticalWarning, 0);
  bytes.writeUInt16LE(temperatureC + 273, 1);
  bytes.writeUInt8(sparePct, 3);
  bytes.writeUInt8(10, 4);
  bytes.writeUInt8(usedPct, 5);
  for (const [at, value] of [[32, 17_176_794], [48, 65_602_088], [64, 118_020_838], [80, 874_050_000], [96, 7601], [112, 25], [128, 12_798], [144, 10], [160, mediaErrors], [176, 62]] as const) bytes.writeBigUInt64LE(BigInt(value), at); // prettier-ignore
  bytes.writeUInt16LE(35 + 273, 200);
  bytes.writeUInt16LE(39 + 273, 202);
  return bytes.toString('hex');
}
