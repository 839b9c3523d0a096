import { expect, it } from "vitest";
import { onEachPair } from "./pairs.ts";

onEachPair("parts of a value", ({ kv }) => {
  it("one range, an open end, a suffix", async () => {
    const at = kv();
    const etag = (await at.put("k", '{"a": [1.0, 2]}')).headers.get("etag");
    for (const [range, text, part] of [
      ["bytes=0-0", "{", "0-0/15"],
      ["bytes=6-9", "[1.0", "6-9/15"],
      ["bytes=10-", ", 2]}", "10-14/15"],
      ["bytes=-2", "]}", "13-14/15"],
      ["bytes=0-999", '{"a": [1.0, 2]}', "0-14/15"],
    ] as const) {
      const answer = await at.get("k", "?raw=true", { Range: range });
      expect([answer.status, await answer.text()]).toEqual([206, text]);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        "content-range": `bytes ${part}`,
        "content-length": `${text.length}`,
        "accept-ranges": "bytes",
        etag,
      });
    }
  });

  it("a range behind the end is refused with the size", async () => {
    const at = kv();
    await at.put("k", "12345");
    const answer = await at.get("k", "?raw=true", { Range: "bytes=5-" });
    expect([answer.status, answer.headers.get("content-range")]).toEqual([416, "bytes */5"]);
    expect(await answer.json()).toMatchObject({ type: "/problems/range-not-satisfiable", status: 416 });
  });

  it("If-Range gives a part of the value it names, else the whole of the present one", async () => {
    const at = kv();
    const old = (await at.put("k", "12345")).headers.get("etag") ?? "";
    const part = await at.get("k", "?raw=true", { Range: "bytes=0-1", "If-Range": old });
    expect([part.status, await part.text()]).toEqual([206, "12"]);
    await at.put("k", "6789");
    for (const ifRange of [old, new Date().toUTCString()]) {
      const whole = await at.get("k", "?raw=true", { Range: "bytes=0-1", "If-Range": ifRange });
      expect([whole.status, await whole.text(), whole.headers.get("content-range")]).toEqual([200, "6789", null]);
    }
  });

  it("without raw, for HEAD, or as several ranges it is the whole", async () => {
    const at = kv();
    await at.put("k", "12345");
    const Range = "bytes=0-1";
    expect(await (await at.get("k", "", { Range })).json()).toMatchObject({ value: 12345 });
    const several = await at.get("k", "?raw=true", { Range: "bytes=0-0,2-3" });
    expect([several.status, await several.text()]).toEqual([200, "12345"]);
    const path = `/namespaces/${(await (await at.get("k")).json()).namespace}/kv/k?raw=true`;
    const head = await at.send("HEAD", path, { headers: { Range } });
    expect([head.status, head.headers.get("content-length"), head.headers.get("accept-ranges")]).toEqual([
      200,
      "5",
      "bytes",
    ]);
  });

  it("parts of a large value make the whole, also of one that a batch packed", async () => {
    const at = kv();
    const value = Array.from({ length: 40_000 }, (_, n) => `${n}`).join(" ");
    await at.put("k", value, "?type=STRING");
    const size = value.length + 2;
    const bounds = [0, 1, 70_000, 70_001, 200_000, size];
    const parts = await Promise.all(
      bounds.slice(1).map(async (end, index) => {
        const answer = await at.get("k", "?raw=true", { Range: `bytes=${bounds[index]}-${end - 1}` });
        expect(answer.status).toBe(206);
        return answer.text();
      }),
    );
    expect(parts.join("")).toBe(JSON.stringify(value));
    const { namespace } = await (await at.get("k")).json();
    await at.send("POST", `/namespaces/${namespace}/kv:batch`, {
      body: '{"operations":[{"op":"put","key":"a","value":"first"},{"op":"put","key":"b","value":"second"}]}',
    });
    const packed = await at.get("b", "?raw=true", { Range: "bytes=-4" });
    expect([packed.status, await packed.text()]).toEqual([206, 'ond"']);
  });
});
