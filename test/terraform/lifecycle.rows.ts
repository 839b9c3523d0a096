export const NAMESPACE = "lifecycle.team";
const OTHER = "lifecycle.other";
const DEEP = '{ name = "demo", ports = [80, 443], nested = { deep = [true, null], note = "ü" } }';

/** One key: what the configuration says first and second, what the plan between shows, and what HTTP finds after each. */
export interface Row {
  readonly key: string;
  readonly first?: Readonly<Record<string, string>>;
  readonly second?: Readonly<Record<string, string>>;
  readonly change?: string;
  readonly found: readonly [string | undefined, string | undefined];
  /** Where the second is found, when not in the first one's place. */
  readonly moved?: { readonly namespace?: string; readonly key?: string };
}

export const ROWS: readonly Row[] = [
  {
    key: "string",
    first: { value: '"hello"' },
    second: { value: '"hello, world"' },
    change: "update value",
    found: ['STRING "hello"', 'STRING "hello, world"'],
  },
  {
    key: "number",
    first: { value: "3" },
    second: { value: "5" },
    change: "update value",
    found: ["NUMBER 3", "NUMBER 5"],
  },
  {
    key: "digits",
    first: { value: "123456789012345678901234567890.125" },
    second: { value: "0.10000000000000000000000000000001" },
    change: "update value",
    found: ["NUMBER 123456789012345678901234567890.125", "NUMBER 0.10000000000000000000000000000001"],
  },
  {
    key: "boolean",
    first: { value: "true" },
    second: { value: "false" },
    change: "update value",
    found: ["BOOLEAN true", "BOOLEAN false"],
  },
  {
    key: "datetime",
    first: { value: '"2030-01-31T12:00:00.50+02:00"', type: '"DATETIME"' },
    second: { value: '"2030-01-31T12:00:01Z"', type: '"DATETIME"' },
    change: "update value",
    found: ['DATETIME "2030-01-31T10:00:00.5Z"', 'DATETIME "2030-01-31T12:00:01Z"'],
  },
  {
    key: "date",
    first: { value: '"2030-01-31"', type: '"DATE"' },
    second: { value: '"2030-02-01"', type: '"DATE"' },
    change: "update value",
    found: ['DATE "2030-01-31"', 'DATE "2030-02-01"'],
  },
  {
    key: "duration",
    first: { value: '"P1DT1H"', type: '"DURATION"' },
    second: { value: '"PT90S"', type: '"DURATION"' },
    change: "update value",
    found: ['DURATION "PT25H"', 'DURATION "PT1M30S"'],
  },
  {
    key: "json",
    first: { value: DEEP },
    second: { value: DEEP.replace("443", "8443").replace('"ü"', '"ö"') },
    change: "update value.nested.note, value.ports.1",
    found: [
      'JSON {"name":"demo","nested":{"deep":[true,null],"note":"ü"},"ports":[80,443]}',
      'JSON {"name":"demo","nested":{"deep":[true,null],"note":"ö"},"ports":[80,8443]}',
    ],
  },
  {
    key: "becomes-number",
    first: { value: '"5"' },
    second: { value: "5" },
    change: "update value, type",
    found: ['STRING "5"', "NUMBER 5"],
  },
  {
    key: "becomes-date",
    first: { value: '"2030-01-31"' },
    second: { value: '"2030-01-31"', type: '"DATE"' },
    change: "update type",
    found: ['STRING "2030-01-31"', 'DATE "2030-01-31"'],
  },
  {
    key: "ttl-added",
    first: { value: "1" },
    second: { value: "1", ttl: '"P1D"' },
    change: "update ttl, expires_at (unknown)",
    found: ["NUMBER 1", "NUMBER 1 for PT24H"],
  },
  {
    key: "ttl-changed",
    first: { value: "1", ttl: '"P1D"' },
    second: { value: "1", ttl: '"PT48H"' },
    change: "update ttl, expires_at (unknown)",
    found: ["NUMBER 1 for PT24H", "NUMBER 1 for PT48H"],
  },
  {
    key: "ttl-respelled",
    first: { value: "1", ttl: '"P1D"' },
    second: { value: "1", ttl: '"PT24H"' },
    found: ["NUMBER 1 for PT24H", "NUMBER 1 for PT24H"],
  },
  {
    key: "ttl-removed",
    first: { value: "1", ttl: '"P1D"' },
    second: { value: "1" },
    change: "update ttl, expires_at (unknown)",
    found: ["NUMBER 1 for PT24H", "NUMBER 1"],
  },
  {
    key: "ttl-to-instant",
    first: { value: "1", ttl: '"P1D"' },
    second: { value: "1", expires_at: '"2035-01-31T12:00:00Z"' },
    change: "update ttl, expires_at",
    found: ["NUMBER 1 for PT24H", "NUMBER 1 until 2035-01-31T12:00:00.000000Z"],
  },
  {
    key: "instant-to-ttl",
    first: { value: "1", expires_at: '"2035-01-31T12:00:00Z"' },
    second: { value: "1", ttl: '"P1D"' },
    change: "update ttl, expires_at (unknown)",
    found: ["NUMBER 1 until 2035-01-31T12:00:00.000000Z", "NUMBER 1 for PT24H"],
  },
  {
    key: "instant-removed",
    first: { value: "1", expires_at: '"2035-01-31T12:00:00Z"' },
    second: { value: "1" },
    change: "update expires_at (unknown)",
    found: ["NUMBER 1 until 2035-01-31T12:00:00.000000Z", "NUMBER 1"],
  },
  {
    key: "instant-kept",
    first: { value: "1", expires_at: '"2035-01-31T12:00:00Z"' },
    second: { value: "2", expires_at: '"2035-01-31T14:00:00+02:00"' },
    change: "update value",
    found: ["NUMBER 1 until 2035-01-31T12:00:00.000000Z", "NUMBER 2 until 2035-01-31T12:00:00.000000Z"],
  },
  {
    key: "labels-and-mark-set",
    first: { value: "1" },
    second: { value: "1", labels: '{ team = "data" }', secret: "true" },
    change: "update labels, secret",
    found: ["NUMBER 1", 'NUMBER 1 {"team":"data"} secret'],
  },
  {
    key: "labels-and-mark-removed",
    first: { value: "1", labels: '{ team = "data" }', secret: "true" },
    second: { value: "1" },
    change: "update labels, secret",
    found: ['NUMBER 1 {"team":"data"} secret', "NUMBER 1"],
  },
  {
    key: "labels-changed",
    first: { value: "1", labels: '{ team = "data", tier = "1" }' },
    second: { value: "1", labels: '{ tier = "2" }' },
    change: "update labels.team, labels.tier",
    found: ['NUMBER 1 {"team":"data","tier":"1"}', 'NUMBER 1 {"tier":"2"}'],
  },
  {
    key: "json-exact",
    first: { value_json: '"{\\"a\\": 1.0, \\"a\\": 1e20000}"' },
    second: { value_json: '" {\\"a\\":1,\\"a\\":1e20001} "' },
    change: "update value_json",
    found: ['JSON {"a": 1.0, "a": 1e20000}', 'JSON {"a":1,"a":1e20001}'],
  },
  {
    key: "json-scalars",
    first: { value_json: '"true"' },
    second: { value_json: '"null"' },
    change: "update value_json, type",
    found: ["BOOLEAN true", "JSON null"],
  },
  {
    key: "json-respelled",
    first: { value_json: '"[1, 2]"' },
    second: { value_json: '"[1.0,2e0]"' },
    found: ["JSON [1, 2]", "JSON [1, 2]"],
  },
  {
    key: "value-to-json",
    first: { value: "[1]" },
    second: { value_json: '"[1]"' },
    change: "update value, value_json",
    found: ["JSON [1]", "JSON [1]"],
  },
  {
    key: "write-only",
    first: { value_wo: '"one"', value_wo_version: "1" },
    second: { value_wo: "[2]", value_wo_version: "2" },
    change: "update value_wo_version, type",
    found: ['STRING "one"', "JSON [2]"],
  },
  {
    key: "write-only-unversioned",
    first: { value_wo: '"one"', value_wo_version: "1" },
    second: { value_wo: '"two"', value_wo_version: "1" },
    found: ['STRING "one"', 'STRING "one"'],
  },
  {
    key: "value-to-write-only",
    first: { value: '"one"' },
    second: { value_wo: '"two"', value_wo_version: "1" },
    change: "update value, value_wo_version",
    found: ['STRING "one"', 'STRING "two"'],
  },
  {
    key: "write-only-to-value",
    first: { value_wo: '"one"', value_wo_version: "1" },
    second: { value: '"one"' },
    change: "update value, value_wo_version",
    found: ['STRING "one"', 'STRING "one"'],
  },
  {
    key: "treatment",
    first: { value: "1", ttl: '"P1D"' },
    second: {
      value: "1",
      ttl: '"P1D"',
      renew_before: '"PT1H"',
      on_expire: '"ignore"',
      adopt_existing: "true",
      deletion_policy: '"delete"',
    },
    change: "update renew_before, on_expire, adopt_existing, deletion_policy",
    found: ["NUMBER 1 for PT24H", "NUMBER 1 for PT24H"],
  },
  {
    key: "description-set",
    first: { value: "1" },
    second: { value: "1", description: '"Why it is here"' },
    change: "update description",
    found: ["NUMBER 1", "NUMBER 1 (Why it is here)"],
  },
  {
    key: "description-changed",
    first: { value: "1", description: '"Old"' },
    second: { value: "1", description: '"New"' },
    change: "update description",
    found: ["NUMBER 1 (Old)", "NUMBER 1 (New)"],
  },
  {
    key: "description-cleared",
    first: { value: "1", description: '"Old"' },
    second: { value: "1" },
    change: "update description",
    found: ["NUMBER 1 (Old)", "NUMBER 1"],
  },
  {
    key: "key-changed",
    first: { value: "1" },
    second: { value: "1", key: '"key/ä changed"' },
    change: "delete then create key, expires_at (unknown)",
    found: ["NUMBER 1", "NUMBER 1"],
    moved: { key: "key/ä changed" },
  },
  {
    key: "namespace-changed",
    first: { value: "1" },
    second: { value: "1", namespace: `"${OTHER}"` },
    change: "delete then create namespace, expires_at (unknown)",
    found: ["NUMBER 1", "NUMBER 1"],
    moved: { namespace: OTHER },
  },
  { key: "deleted", first: { value: '"soon gone"' }, change: "delete", found: ['STRING "soon gone"', undefined] },
  { key: "created", second: { value: "[]" }, change: "create", found: [undefined, "JSON []"] },
];
