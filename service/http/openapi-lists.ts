import { PAGE_ENTRIES_MAX, SEARCH_PAGE_SIZE_DEFAULT, SEARCH_PAGE_SIZE_MAX } from "../../api/limits.ts";
import { EntryPageView } from "../../api/schema/list.ts";
import { ListedEntryView, TypeName } from "../../api/schema.ts";
import { FILTER_NAMES } from "./kestra-filters.ts";
import { flag, json, operation, problems, ref, ruled, text } from "./openapi-parts.ts";

const NEXT = { Link: { description: "`rel=next`: the next page.", schema: { type: "string" } } };
const TOTAL = {
  "X-Total-Count": { description: "With `total=true`: entries on all pages.", schema: { type: "integer", minimum: 0 } },
};
const PROBLEMS = problems("malformed-request", "invalid-field", "unavailable");

const TYPES = TypeName.options.join("|");
const FILTERS = [
  text("prefix", "query", "Keys that begin so."),
  text("q", "query", "Text that key or description contains, whatever its case."),
  ruled(text("type", "query", "One type, or several with commas between."), { pattern: `^(${TYPES})(,(${TYPES}))*$` }),
  ruled(text("label", "query", "`name=value`; may be repeated."), { pattern: "^[^=]+=" }),
  {
    ...text("expiresBefore", "query", "Entries that end before this instant."),
    schema: { type: "string", format: "date-time" },
  },
  flag("expired", "Shows entries whose time is over as well, with `expiredAt`."),
];
const SORT = ruled(
  text(
    "sort",
    "query",
    "`key`, `namespace`, `created`, `updated`, `expires`, `revision` or `description`, or as Kestra names them `creationDate`, `updateDate`, `expirationDate`, with `:desc` behind it for the other way round.",
  ),
  {
    pattern:
      "^(key|namespace|created|updated|expires|revision|description|creationDate|updateDate|expirationDate)(:(asc|desc))?$",
  },
);
const CURSOR = text("cursor", "query", "From the `Link` header of the page before.");
const number = (name: string, description: string, maximum: number | undefined, unsaid?: number) => ({
  ...text(name, "query", description),
  schema: { type: "integer", minimum: 1, ...(maximum && { maximum }), ...(unsaid && { default: unsaid }) },
});

const LISTED = {
  200: {
    description: "The entries; without `limit` all of them.",
    headers: { ...NEXT, ...TOTAL },
    content: { "application/json": { schema: { type: "array", items: ref(ListedEntryView) } } },
  },
  ...PROBLEMS,
};
const PAGED = [
  SORT,
  number("limit", "Entries in one page.", PAGE_ENTRIES_MAX),
  CURSOR,
  flag("total", "Counts the entries of all pages."),
];

export const listKeys = operation("listKeys", "List a namespace", LISTED, {
  parameters: [
    ...FILTERS,
    ...PAGED,
    flag(
      "inherit",
      "Shows what is above the namespace as well, of each key the nearest; `namespace` says where it is.",
    ),
  ],
});

export const listInherited = operation(
  "listInheritedKeys",
  "List what the namespaces above have, of each key the nearest",
  LISTED,
  {
    parameters: [...FILTERS, ...PAGED],
  },
);

export const searchKeys = operation(
  "searchKeys",
  "List all namespaces",
  { 200: { ...json("One page.", EntryPageView), headers: NEXT }, ...PROBLEMS },
  {
    parameters: [
      ...FILTERS,
      SORT,
      number("page", "Counts from 1; not together with `cursor`.", undefined, 1),
      number("size", "Entries in one page; `limit` is the same.", SEARCH_PAGE_SIZE_MAX, SEARCH_PAGE_SIZE_DEFAULT),
      CURSOR,
      flag("total", "Whether to count the entries of all pages; unsaid, that is done without `cursor` only."),
      ...FILTER_NAMES.map((name) =>
        text(name, "query", "Kestra's filter; `IN` and `NOT_IN` take names with commas between."),
      ),
    ],
  },
);
