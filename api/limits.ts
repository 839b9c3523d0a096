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
export const TENANTS_RESERVED: readonly string[] = ["namespaces", "kv", "tokens", "users", "grants", "audit"];
/** The tenant that exists from the start. */
export const TENANT_DEFAULT = "main";

/** Code points in a description. */
export const DESCRIPTION_LENGTH_MAX = 4_096;
/** Labels of one entry, and code points in a label's name and in its value. */
export const LABELS_MAX = 64;
export const LABEL_NAME_LENGTH_MAX = 128;
export const LABEL_VALUE_LENGTH_MAX = 1_024;
/** Characters in an `Idempotency-Key`. */
export const IDEMPOTENCY_KEY_LENGTH_MAX = 255;
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
/** Bytes of a request body that carries an entry's fields and not only a value. */
export const ENVELOPE_BYTES_MAX = 16 * 1_024 * 1_024;

/** Bytes of a batch's body, and operations in it. Larger values have a PUT of their own. */
export const BATCH_BYTES_MAX = 64 * 1_024 * 1_024;
export const BATCH_OPERATIONS_MAX = 10_000;

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
/** Namespaces in one page of a search, when nothing is said, and at most. */
export const SEARCH_PAGE_SIZE_DEFAULT = 10;
export const SEARCH_PAGE_SIZE_MAX = 1_000;
/** Names that an autocompletion offers, besides those that are asked for by name. */
export const AUTOCOMPLETE_NAMES_MAX = 50;

/** By how much the numbers of the change log leap when a backup is restored: more than can have been given out since it was made. */
export const RESTORE_LEAP = 1_000_000_000;

/** Hours that an upload may take before its row is refused. */
export const UPLOAD_HOURS_MAX = 12;
/** Bytes of an object's name, whole and in one segment: what S3 and common file systems take. */
export const OBJECT_NAME_BYTES_MAX = 1_024;
export const OBJECT_NAME_SEGMENT_BYTES_MAX = 255;
