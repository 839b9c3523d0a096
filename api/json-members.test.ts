import fc from "fast-check";
import { expect, it } from "vitest";
import { itemsOf, membersOf } from "./json-members.ts";

const textsOf = (document: string): Record<string, string> => {
  const { members } = membersOf(Buffer.from(document));
  return Object.fromEntries([...members].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));
};

it.each([
  ["{}", {}],
  [" { } ", {}],
  ['{"a":1.0}', { a: "1.0" }],
  ['{ "a" : 1e400 , "b" : "x,}\\"" }', { a: "1e400", b: '"x,}\\""' }],
  ['{"a":{"b":[1,{"c":"]"}]},"d":[ ],"e":null}', { a: '{"b":[1,{"c":"]"}]}', d: "[ ]", e: "null" }],
  ['{"\\u0061\\"é":true\n}', { 'a"é': "true" }],
])("%s", (document, members) => {
  expect(textsOf(document)).toEqual(members);
});

it("a name that stands there twice is told", () => {
  expect(membersOf(Buffer.from('{"a":1,"\\u0061":2}')).duplicate).toBe("a");
});

it("every member of any object is found with its own bytes", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()),
      fc.constantFrom(0, 1),
      (object, indent) => {
        const { members } = membersOf(Buffer.from(JSON.stringify(object, undefined, indent)));
        expect([...members.keys()].sort()).toEqual(Object.keys(object).sort());
        for (const [name, bytes] of members)
          expect(JSON.parse(Buffer.from(bytes).toString())).toEqual(JSON.parse(JSON.stringify(object[name])));
      },
    ),
  );
});

it.each([
  ["[]", []],
  [" [ ] ", []],
  ['[1.0 , "a,]", {"b":[2]},\n[ ],null]', ["1.0", '"a,]"', '{"b":[2]}', "[ ]", "null"]],
])("the items of %s", (document, items) => {
  expect(itemsOf(Buffer.from(document)).map((bytes) => Buffer.from(bytes).toString())).toEqual(items);
});

it("every item of any array is found with its own bytes", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom(0, 1), (array, indent) => {
      const items = itemsOf(Buffer.from(JSON.stringify(array, undefined, indent)));
      expect(items.map((bytes) => JSON.parse(Buffer.from(bytes).toString()))).toEqual(
        JSON.parse(JSON.stringify(array)),
      );
    }),
  );
});
