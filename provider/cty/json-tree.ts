import { JSON_DEPTH_MAX } from "../../api/limits.ts";
import { CtyError } from "./error.ts";
import type { Path } from "./path.ts";

/** A JSON document that lost nothing: numbers are still text, and names may come twice. */
export type JsonTree = null | boolean | string | JsonNumber | JsonArray | JsonObject;

export interface JsonNumber {
  readonly kind: "number";
  readonly text: string;
}
export interface JsonArray {
  readonly kind: "array";
  readonly items: readonly JsonTree[];
}
export interface JsonObject {
  readonly kind: "object";
  readonly members: readonly (readonly [name: string, value: JsonTree])[];
}

/** Parses exactly the JSON of RFC 8259. Throws a CtyError at `at` that names line and column, and nothing of the text. */
export function parseJsonTree(text: string, at: Path = []): JsonTree {
  const parser = new JsonParser(text, at);
  return parser.document();
}

class JsonParser {
  readonly #text: string;
  readonly #path: Path;
  #at = 0;
  #depth = 0;

  constructor(text: string, path: Path) {
    this.#text = text;
    this.#path = path;
  }

  document(): JsonTree {
    const tree = this.#value();
    if (this.#next() !== "") this.#fail("the document should end");
    return tree;
  }

  #value(): JsonTree {
    switch (this.#next()) {
      case '"':
        return this.#string();
      case "{":
        return this.#object();
      case "[":
        return this.#array();
      case "t":
        return this.#literal("true", true);
      case "f":
        return this.#literal("false", false);
      case "n":
        return this.#literal("null", null);
      default:
        return this.#number();
    }
  }

  /** The first character that is no white space, which stays; "" at the end. */
  #next(): string {
    for (;;) {
      const char = this.#text.charAt(this.#at);
      if (char !== " " && char !== "\n" && char !== "\r" && char !== "\t") return char;
      this.#at++;
    }
  }

  #accept(char: string): boolean {
    if (this.#next() !== char) return false;
    this.#at++;
    return true;
  }

  /** Enters an array or an object, which `#leave` ends. Says whether it is empty, and then has left it. */
  #enter(close: string): boolean {
    if (this.#depth === JSON_DEPTH_MAX) throw new CtyError(this.#path, `nested deeper than ${JSON_DEPTH_MAX} levels`);
    this.#depth++;
    this.#at++;
    if (this.#next() !== close) return false;
    this.#leave(close);
    return true;
  }

  #leave(close: string): void {
    if (!this.#accept(close)) this.#fail(`"," or "${close}" should follow`);
    this.#depth--;
  }

  #array(): JsonArray {
    const items: JsonTree[] = [];
    if (this.#enter("]")) return { kind: "array", items };
    do items.push(this.#value());
    while (this.#accept(","));
    this.#leave("]");
    return { kind: "array", items };
  }

  #object(): JsonObject {
    const members: [string, JsonTree][] = [];
    if (this.#enter("}")) return { kind: "object", members };
    do {
      if (this.#next() !== '"') this.#fail("a name in quotes should follow");
      const name = this.#string();
      if (!this.#accept(":")) this.#fail('":" should follow');
      members.push([name, this.#value()]);
    } while (this.#accept(","));
    this.#leave("}");
    return { kind: "object", members };
  }

  #string(): string {
    const start = this.#at++;
    let escaped = false;
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit === 0x22) break;
      if (!(unit >= 0x20)) this.#fail("a string ends too early"); // a control character, or NaN at the end
      if (unit === 0x5c) escaped = true;
      this.#at += unit === 0x5c ? 2 : 1;
    }
    const raw = this.#text.slice(start, ++this.#at);
    if (!escaped) return raw.slice(1, -1);
    try {
      return JSON.parse(raw);
    } catch {
      this.#at = start;
      return this.#fail("a string has a wrong escape");
    }
  }

  #number(): JsonNumber {
    const start = this.#at;
    if (this.#text[this.#at] === "-") this.#at++;
    if (this.#text[this.#at] === "0") this.#at++;
    else this.#digits();
    if (this.#text[this.#at] === ".") {
      this.#at++;
      this.#digits();
    }
    const e = this.#text[this.#at];
    if (e === "e" || e === "E") {
      this.#at++;
      const sign = this.#text[this.#at];
      if (sign === "+" || sign === "-") this.#at++;
      this.#digits();
    }
    return { kind: "number", text: this.#text.slice(start, this.#at) };
  }

  #digits(): void {
    const start = this.#at;
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (!(unit >= 0x30 && unit <= 0x39)) break;
      this.#at++;
    }
    if (this.#at === start) this.#fail("a value should follow");
  }

  #literal<T>(word: string, meaning: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#fail("a value should follow");
    this.#at += word.length;
    return meaning;
  }

  #fail(wanted: string): never {
    const before = this.#text.slice(0, this.#at);
    const column = this.#at - before.lastIndexOf("\n");
    throw new CtyError(this.#path, `not JSON at line ${before.split("\n").length}, column ${column}: ${wanted}`);
  }
}
