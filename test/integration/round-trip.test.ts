import fc from "fast-check";
import { expect, it } from "vitest";
import { onEachPair } from "./pairs.ts";

/** Of each property; requests of one run go one after another. */
const RUNS = 60;
const SEED = Number(process.env["NSKV_TEST_SEED"] || 4);

/** What a key may be: any text of code points but U+0000, none of them half of a pair. */
const keys = fc.string({ unit: "binary", minLength: 1, maxLength: 40 }).filter((key) => !key.includes("\0"));
const at = (key: string) => `kv:entry?key=${encodeURIComponent(key)}`;

onEachPair(`through the whole service nothing is lost (NSKV_TEST_SEED=${SEED})`, ({ kv }) => {
  const roundTrip = async (key: string, query: string, body: string) => {
    const one = kv();
    const { namespace } = await (await one.put("a-place", "1")).json();
    const path = `/namespaces/${namespace}/${at(key)}`;
    expect((await one.send("PUT", `${path}${query}`, { body })).status).toBe(200);
    const entry = await (await one.send("GET", path)).json();
    const raw = await one.send("GET", `${path}&raw=true`);
    return { key: entry.key, value: entry.value, raw: await raw.text() };
  };

  it("any JSON document under any key comes back byte for byte", async () => {
    const documents = fc.tuple(fc.jsonValue(), fc.constantFrom(0, 2));
    await fc.assert(
      fc.asyncProperty(keys, documents, async (key, [document, indent]) => {
        const body = JSON.stringify(document, undefined, indent);
        const back = await roundTrip(key, "&type=JSON", body);
        expect(back).toEqual({ key, value: JSON.parse(body), raw: body });
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it("any text under any key comes back as the same text", async () => {
    // Quotes at the start say that the text is JSON already.
    const texts = fc.string({ unit: "binary", maxLength: 400 }).filter((text) => !/^[ \t\r\n]*"/.test(text));
    await fc.assert(
      fc.asyncProperty(keys, texts, async (key, text) => {
        const back = await roundTrip(key, "&type=STRING", text);
        expect([back.key, back.value, JSON.parse(back.raw)]).toEqual([key, text, text]);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});
