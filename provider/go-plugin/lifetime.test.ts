import { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { endWhenAlone, wayOut } from "./lifetime.ts";

describe("the way out", () => {
  it("tells the provider once and exits with the first code", () => {
    const said: (string | number)[] = [];
    const end = wayOut(
      () => said.push("stop"),
      (code) => said.push(code),
    );
    end(0);
    end(143);
    expect(said).toEqual(["stop", 0]);
  });

  it("exits although the provider fails", () => {
    const exit = vi.fn();
    const end = wayOut(() => {
      throw new Error("broken on purpose");
    }, exit);
    expect(() => end(0)).toThrow("broken on purpose");
    expect(exit).toHaveBeenCalledWith(0);
  });
});

describe("a plugin that nobody is connected to", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("ends a minute after its handshake line when nobody came", () => {
    const end = vi.fn();
    endWhenAlone(end);
    vi.advanceTimersByTime(59_999);
    expect(end).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(end).toHaveBeenCalledOnce();
  });

  it("stays as long as one of several connections does", () => {
    const end = vi.fn();
    const watch = endWhenAlone(end);
    const [one, two] = [new Socket(), new Socket()];
    watch(one);
    watch(two);
    one.emit("close");
    vi.advanceTimersByTime(3_600_000);
    expect(end).not.toHaveBeenCalled();
    two.emit("close");
    vi.advanceTimersByTime(1_000);
    expect(end).toHaveBeenCalledOnce();
  });

  it("gives a client a second to come back", () => {
    const end = vi.fn();
    const watch = endWhenAlone(end);
    const first = new Socket();
    watch(first);
    first.emit("close");
    vi.advanceTimersByTime(999);
    watch(new Socket());
    vi.advanceTimersByTime(3_600_000);
    expect(end).not.toHaveBeenCalled();
  });
});
