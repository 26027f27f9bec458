/** What judges the cells of a column: rules, one of whose findings names the row, or the reason why no rule does. */
export type JudgedCell =
  | {
      /** Ids of rules, `rule/CONDITION` for one condition. */
      readonly rules: readonly string[];
      /** Rules about the whole host that account for the figures of single rows. */
      readonly host?: readonly string[];
      /** The rules report the table as a whole and name its rows in no field. */
      readonly anyRow?: true;
    }
  | { readonly why: string };

/** By `pane/section/column`; a column of `*` stands for the whole section. Lines have their label as column. */
export type JudgedCells = Readonly<Record<string, JudgedCell>>;
