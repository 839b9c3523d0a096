/** What a run met. Only violations make it fail. */
export class Report {
  readonly violations: string[] = [];
  readonly counts = new Map<string, number>();
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  violate(what: string): void {
    this.violations.push(what);
  }

  print(): void {
    const counts = [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, count]) => `${count} ${what}`);
    console.info(`${this.#name}: ${counts.join(", ")}; ${this.violations.length} violations`);
  }
}
