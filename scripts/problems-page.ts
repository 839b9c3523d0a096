import { PROBLEMS, problemTypeOf } from "../api/problem.ts";

/** docs/problems.md: every type of problem, what it means and what to do. */
export function problemsPage(): string {
  const sections = Object.entries(PROBLEMS).map(
    ([name, { status, title, remedy }]) => `## ${name}

\`${problemTypeOf(name as keyof typeof PROBLEMS)}\`, HTTP ${status}: ${title}.

${remedy}
`,
  );
  return `# Problems

<!-- Written by \`make gen\` from api/problem.ts. -->

A refused request is answered with a problem (RFC 9457), media type \`application/problem+json\`. Its \`type\` is one of the
list below and a path on the service itself: open it there to read what stands here. \`detail\` says what is wrong in this
request, \`field\` names the parameter, header or member at fault, \`remedy\` says what to do, and \`requestId\` finds the
request in the service's log. No problem ever holds a value. The list is closed: a client may rely on it.

A GET of an expired key is the one refusal of another shape: 410 with
\`{"type": null, "value": null, "message": "…", "expiredAt": "…", "requestId": "…"}\`.

${sections.join("\n")}`;
}
