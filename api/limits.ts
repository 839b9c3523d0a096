/** Every number that the product promises. Whoever needs one of them takes it from here. */

/** Code points in a key, as people count characters. */
export const KEY_LENGTH_MAX = 256;
/** Characters in a namespace, dots included. */
export const NAMESPACE_LENGTH_MAX = 150;
/** Characters in a tenant's name. */
export const TENANT_LENGTH_MAX = 63;
/** Names that a namespace cannot have, because a path already means something else. */
export const NAMESPACES_RESERVED: readonly string[] = ["search", "autocomplete"];
/** Names that a tenant cannot have: the older base path `/api/v1` has them in the tenant's place. */
export const TENANTS_RESERVED: readonly string[] = [
  "namespaces",
  "kv",
  "webhooks",
  "tokens",
  "users",
  "grants",
  "audit",
];
/** The tenant that exists from the start. */
export const TENANT_DEFAULT = "main";

/** Code points in a description. */
export const DESCRIPTION_LENGTH_MAX = 4_096;
/** Bytes of a description that an answer repeats in its header, as Kestra's clients read it; a longer one is in the entry only. */
export const DESCRIPTION_HEADER_BYTES_MAX = 2_048;
/** Labels of one entry, and code points in a label's name and in its value. */
export const LABELS_MAX = 64;
export const LABEL_NAME_LENGTH_MAX = 128;
export const LABEL_VALUE_LENGTH_MAX = 1_024;
/** Characters in an `Idempotency-Key`. */
export const IDEMPOTENCY_KEY_LENGTH_MAX = 255;
/** Days that a change of a namespace is known by its `Idempotency-Key`; of a key's write it is as long as its revision is kept. */
export const IDEMPOTENCY_DAYS = 7;
/** Characters in a request id that a caller brings along. */
export const REQUEST_ID_LENGTH_MAX = 128;

/** A TTL of 100 years of 365.25 days, in seconds. */
export const TTL_SECONDS_MAX = 3_155_760_000;

/** Arrays and objects inside each other in one JSON document; Jackson's readers stop at the same depth. */
export const JSON_DEPTH_MAX = 1_000;
/** Characters of one number inside a JSON document. */
export const JSON_NUMBER_LENGTH_MAX = 65_536;
/** Bytes of a body that are looked at before its type is settled. A scalar other than a string fits, or is refused. */
export const VALUE_HEAD_BYTES = 65_536;
/** Bytes of a request body that carries an entry's fields and is read as a whole; in a longer one the value comes last. */
export const ENVELOPE_BYTES_MAX = 16 * 1_024 * 1_024;

/** Bytes of a batch's body, and operations in it. Larger values have a PUT of their own. */
export const BATCH_BYTES_MAX = 64 * 1_024 * 1_024;
export const BATCH_OPERATIONS_MAX = 10_000;

/** Bytes of a line of an imported NDJSON; one whose value comes last may be of any length. */
export const IMPORT_LINE_BYTES_MAX = 1_024 * 1_024;
/** Bytes of an entry in an imported CSV or YAML. */
export const IMPORT_ENTRY_BYTES_MAX = 16 * 1_024 * 1_024;
/** Bytes of an entry in an imported YAML whose value is not also JSON. */
export const IMPORT_YAML_BYTES_MAX = 256 * 1_024;
/** How deep such a value may nest. */
export const IMPORT_YAML_DEPTH_MAX = 200;
/** Bytes of a whole dotenv file that is imported. */
export const DOTENV_BYTES_MAX = 1_024 * 1_024;
/** Bytes of a value that goes into a dotenv file. */
export const DOTENV_VALUE_BYTES_MAX = 65_536;
/** Entries that an import's answer tells of, and as many again that it could not take; as NDJSON it tells of all. */
export const IMPORT_DETAILS_MAX = 1_000;
/** Keys that a refused export names. */
export const EXPORT_KEYS_NAMED_MAX = 100;

/** Entries in one page of a list. */
export const PAGE_ENTRIES_MAX = 1_000;
/** Keys in one bulk delete. */
export const BULK_DELETE_KEYS_MAX = 10_000;

/** Revisions kept of a key when its namespace says nothing else. */
export const REVISIONS_KEPT_DEFAULT = 10;

/** Days that a deleted or expired key can be brought back. */
export const TOMBSTONE_DAYS = 7;
/** Seconds that an expired key is left to its first reader, before the sweep removes it unread. */
export const EXPIRED_LEFT_SECONDS = 60;
/** Seconds between two sweeps of a service, give or take half of it. */
export const SWEEP_SECONDS = 60;
/** Seconds that a service waits for one answer of Postgres or of the object store, unless it is told otherwise. */
export const STORE_SECONDS = 30;
/** Seconds after which `/readyz` takes a store that has not answered for one that does not. */
export const READY_SECONDS_MAX = 5;
/** Hours between two walks of the sweep over all keys and all objects. */
export const SWEEP_SLOW_HOURS = 6;
/** Hours that bytes outlive the last revision that names them: longer than a read may take, and than an upload. */
export const DEAD_OBJECT_HOURS = 24;
/** Hours after which an object that nothing ever named is deleted: longer than an upload may take. */
export const ORPHAN_HOURS = 24;
/** The most revisions that a namespace may keep of each key. */
export const REVISIONS_KEPT_MAX = 1_000;
/** Bytes of a request body that carries a namespace's fields. */
export const NAMESPACE_BYTES_MAX = 256 * 1_024;
/** Namespaces that one may list as allowed to read it. */
export const ALLOWED_NAMESPACES_MAX = 1_000;
/** Namespaces in one tree; a larger one is read branch by branch. */
export const TREE_NAMESPACES_MAX = 10_000;
/** Namespaces, or keys of all namespaces, in one page of a search, when nothing is said, and at most. */
export const SEARCH_PAGE_SIZE_DEFAULT = 10;
export const SEARCH_PAGE_SIZE_MAX = 1_000;
/** Namespaces that one filter of a search names. */
export const SEARCH_NAMESPACES_MAX = 100;
/** Names that an autocompletion offers, besides those that are asked for by name. */
export const AUTOCOMPLETE_NAMES_MAX = 50;

/** Days that the log of changes goes back, when nothing else is configured. */
export const CHANGES_KEPT_DAYS = 7;
/** Watchers that one service serves at a time: streams and long polls. */
export const WATCHERS_MAX = 10_000;
/** Changes, and bytes of them, that may wait for a watcher before it is cut off. */
export const WATCH_QUEUE_CHANGES_MAX = 10_000;
export const WATCH_QUEUE_BYTES_MAX = 4 * 1_024 * 1_024;
/** Seconds that a long poll may wait. */
export const WATCH_WAIT_SECONDS_MAX = 100;
/** Changes in one answer to a long poll. */
export const WATCH_PAGE_CHANGES_MAX = 500;
/** Seconds between two signs of life on a stream on which nothing happens. */
export const WATCH_HEARTBEAT_SECONDS = 15;
/** By how much the numbers of the change log leap when a backup is restored: more than can have been given out since it was made. */
export const RESTORE_LEAP = 1_000_000_000;

/** Hours that an upload may take before its row is refused. */
export const UPLOAD_HOURS_MAX = 12;
/** Bytes of an object's name, whole and in one segment: what S3 and common file systems take. */
export const OBJECT_NAME_BYTES_MAX = 1_024;
export const OBJECT_NAME_SEGMENT_BYTES_MAX = 255;

/** Webhooks of one tenant, and characters in the address of one. */
export const WEBHOOKS_MAX = 100;
export const WEBHOOK_URL_LENGTH_MAX = 2_048;
/** Bytes of a request body that carries a webhook's fields. */
export const WEBHOOK_BYTES_MAX = 64 * 1_024;
/** Seconds that a receiver has for its answer. */
export const WEBHOOK_ANSWER_SECONDS_MAX = 15;
/**
 * Seconds before each further attempt to deliver, give or take a tenth; after the last one it is a dead letter. The
 * schedule that https://www.standardwebhooks.com recommends.
 */
export const WEBHOOK_RETRY_SECONDS: readonly number[] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/** Seconds that a receiver may put the next attempt off with `Retry-After`. */
export const WEBHOOK_RETRY_AFTER_SECONDS_MAX = 86_400;
/** Deliveries of one webhook that may wait; further changes stay in the log until some are taken. */
export const WEBHOOK_PENDING_MAX = 10_000;
/** Days that a dead letter is kept. */
export const DEAD_LETTER_DAYS = 30;
/** Hours that the secret before signs as well, after it was rotated. */
export const WEBHOOK_SECRET_OVERLAP_HOURS = 24;
/** Deliveries in one page, and in one call that tries them again by name. */
export const DELIVERIES_PAGE_MAX = 1_000;
/** Seconds after which a request is called slow in the log; so many bytes of body lengthen it by one. */
export const SLOW_REQUEST_SECONDS = 5;
export const SLOW_REQUEST_BYTES_PER_SECOND = 1_000_000;
/** Seconds that the counted sizes of the stores are shown before they are counted anew. */
export const STORE_SIZES_SECONDS = 15;
