import { describe, expect, it } from "vitest";
import { handshakeLine, hasMagicCookie, MAGIC_COOKIE, offersWithoutOurs, reattachment } from "./handshake.ts";

const unix = { network: "unix", address: "/tmp/plugin1" } as const;

describe("the handshake line", () => {
  it("has six fields, the last one without the padding that Go refuses", () => {
    expect(handshakeLine(unix, Buffer.from([1]), {})).toBe("1|6|unix|/tmp/plugin1|grpc|AQ");
  });

  it("keeps the last field, empty, without TLS", () => {
    expect(handshakeLine({ network: "tcp", address: "127.0.0.1:10000" }, undefined, {})).toBe(
      "1|6|tcp|127.0.0.1:10000|grpc|",
    );
  });

  it("refuses multiplexing in a seventh field, only to a client that asks", () => {
    expect(handshakeLine(unix, undefined, { PLUGIN_MULTIPLEX_GRPC: "true" })).toBe("1|6|unix|/tmp/plugin1|grpc||false");
    expect(handshakeLine(unix, undefined, { PLUGIN_MULTIPLEX_GRPC: "" })).toBe("1|6|unix|/tmp/plugin1|grpc|");
  });
});

describe("the magic cookie", () => {
  it.each([
    { when: "it is right", env: { [MAGIC_COOKIE.name]: MAGIC_COOKIE.value }, answer: true },
    { when: "it is another plugin's", env: { [MAGIC_COOKIE.name]: "hello" }, answer: false },
    { when: "it is missing", env: {}, answer: false },
  ])("$when: $answer", ({ env, answer }) => {
    expect(hasMagicCookie(env)).toBe(answer);
  });
});

describe("negotiation", () => {
  it.each([
    { offered: "5,6", complaint: undefined },
    { offered: "6", complaint: undefined },
    { offered: "7, 6", complaint: undefined },
    { offered: "4,5", complaint: ["4", "5"] },
    { offered: "16", complaint: ["16"] },
    { offered: "", complaint: undefined },
    { offered: undefined, complaint: undefined },
  ])("a client that offers $offered: complaint $complaint", ({ offered, complaint }) => {
    expect(offersWithoutOurs({ PLUGIN_PROTOCOL_VERSIONS: offered })).toEqual(complaint);
  });
});

describe("the reattachment", () => {
  it("is what Terraform parses", () => {
    const [name, quoted = ""] = reattachment("registry.test/a/namespace", unix, 42).split(/=(.*)/s);
    expect(name).toBe("TF_REATTACH_PROVIDERS");
    expect(JSON.parse(quoted.replace(/^'|'$/g, ""))).toEqual({
      "registry.test/a/namespace": {
        Protocol: "grpc",
        ProtocolVersion: 6,
        Pid: 42,
        Test: true,
        Addr: { Network: "unix", String: "/tmp/plugin1" },
      },
    });
  });
});
