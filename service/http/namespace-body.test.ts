import { expect, it } from "vitest";
import { NO_SETTINGS } from "../domain/namespace-changes.ts";
import { parseNamespaceDocument } from "./namespace-body.ts";

const settingsOf = (body: string, before = NO_SETTINGS) => parseNamespaceDocument(Buffer.from(body)).change(before);

it.each([
  { when: "nothing is unknown", body: '{"id":"a","description":"d"}', before: "{}", extra: "{}" },
  { when: "a number has digits to lose", body: '{"n": 1.00 }', before: "{}", extra: '{"n":1.00}' },
  {
    when: "a member is named again",
    body: '{"a":{"y":2}}',
    before: '{"a":{"x":1},"b":1.0}',
    extra: '{"a":{"y":2},"b":1.0}',
  },
  { when: "a member is null", body: '{"a":null,"c":null}', before: '{"a":1,"b":[ 2 ]}', extra: '{"b":[ 2 ]}' },
  { when: "names are special", body: '{"__proto__":1,"\\"":2}', before: "{}", extra: '{"__proto__":1,"\\"":2}' },
  {
    when: "an answer is sent back",
    body: '{"deleted":false,"etag":"x","declared":true,"x":1}',
    before: "{}",
    extra: '{"x":1}',
  },
])("what only Kestra knows when $when", ({ body, before, extra }) => {
  expect(settingsOf(body, { ...NO_SETTINGS, extra: before }).extra).toBe(extra);
});

it.each([
  { body: "{}", allowed: undefined },
  { body: '{"allowedNamespaces":null}', allowed: undefined },
  { body: '{"allowedNamespaces":[]}', allowed: [] },
  { body: '{"allowedNamespaces":[{"namespace":"a.b"},"c",{"namespace":"a.b"}]}', allowed: ["a.b", "c"] },
])("$body allows $allowed", ({ body, allowed }) => {
  expect(settingsOf(body).allowedNamespaces).toEqual(allowed);
});

it.each([
  { body: '{"maxRevisions":1000}', ok: true },
  { body: '{"maxRevisions":1001}', ok: false },
  { body: '{"maxRevisions":1.5}', ok: false },
  { body: '{"defaultTtl":"PT0S"}', ok: false },
  { body: '{"labels":[]}', ok: false },
  { body: '{"allowedNamespaces":{}}', ok: false },
  { body: '{"allowedNamespaces":[1]}', ok: false },
  { body: '{"id":null}', ok: false },
])("$body fits the rules: $ok", ({ body, ok }) => {
  const read = () => settingsOf(body);
  if (ok) expect(read).not.toThrow();
  else expect(read).toThrow("invalid");
});
