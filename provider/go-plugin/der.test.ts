import { describe, expect, it } from "vitest";
import { der, explicit, oid, TAG, time } from "./der.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("DER", () => {
  it.each([
    { when: "127 bytes still fit into the short form", length: 127, header: "047f" },
    { when: "128 bytes need one more", length: 128, header: "048180" },
    { when: "256 bytes need two", length: 256, header: "04820100" },
  ])("$when", ({ length, header }) => {
    expect(hex(der(TAG.octetString, Buffer.alloc(length))).slice(0, header.length)).toBe(header);
    expect(der(TAG.octetString, Buffer.alloc(length))).toHaveLength(length + header.length / 2);
  });

  it("joins the parts of a value in order", () => {
    expect(hex(explicit(3, Buffer.from([1]), Buffer.from([2, 3])))).toBe("a303010203");
  });

  // Both are the examples of RFC 5280's own algorithms, as every X.509 library writes them.
  it.each([
    { dotted: "1.2.840.10045.4.3.2", bytes: "06082a8648ce3d040302" },
    { dotted: "2.5.29.17", bytes: "0603551d11" },
  ])("writes the object identifier $dotted", ({ dotted, bytes }) => {
    expect(hex(oid(dotted))).toBe(bytes);
  });

  it("writes the year with two digits until 2049 and with four from 2050 on", () => {
    expect(time(new Date("2049-12-31T23:59:59.999Z")).toString("latin1")).toBe("\x17\r491231235959Z");
    expect(time(new Date("2050-01-01T00:00:00Z")).toString("latin1")).toBe("\x18\x0f20500101000000Z");
  });
});
