/** Entries that a cut read of many has read, of all of them. */
export interface ReadPart {
  readonly read: number;
  readonly of: number;
}

/** `512 of 4000 read`. */
export const partWords = ({ read, of }: ReadPart): string => `${read} of ${of} read`;
