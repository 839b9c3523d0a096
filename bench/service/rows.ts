import { createListStatements } from "../../service/metadata/list-statement.ts";
import type { Statement } from "../../service/metadata/statement.ts";

/** The statement of a plain list, prepared as the service prepares it: what of a list's time is Postgres's. */
export const ROWS: Statement = createListStatements("und-x-icu").page({
  within: "one",
  conditions: ["unexpired"],
  sort: { by: "key", descending: false },
  after: "nothing",
});
