/** An answer of the S3 server that is no success. Keeps what an operator needs, and nothing of the request's headers. */
export class S3Refusal extends Error {
  readonly status: number;
  /** S3's own word, such as `NoSuchKey`; empty when the answer was not S3's. */
  readonly code: string;

  constructor(answer: {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly requestId: string;
  }) {
    const { status, code, message, requestId } = answer;
    super(
      [`S3 answered ${status} ${code}`.trim(), message, requestId && `request ${requestId}`].filter(Boolean).join(", "),
    );
    this.name = "S3Refusal";
    this.status = status;
    this.code = code;
  }
}

/** The server did not move a byte, or did not answer, while it was its turn. */
export class S3Stall extends Error {
  constructor(ms: number, doing: string) {
    super(`The S3 server took longer than ${ms} ms to ${doing}.`);
    this.name = "S3Stall";
  }
}

/** A HEAD is refused without a document; these are the words that the `minio` client understands. */
const CODES_WITHOUT_BODY: Readonly<Record<number, string>> = {
  301: "MovedPermanently",
  403: "AccessDenied",
  404: "NotFound",
};

/** From an error document (docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html). */
export const refusalOf = (status: number, body: string, requestId: string | undefined): S3Refusal =>
  new S3Refusal({
    status,
    code: xmlText(body, "Code") ?? CODES_WITHOUT_BODY[status] ?? "",
    message: xmlText(body, "Message") ?? "",
    requestId: requestId ?? "",
  });

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

/** The text of the first element of that name. S3's answers to uploads are flat enough for that. */
export function xmlText(xml: string, element: string): string | undefined {
  const text = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
  return text?.replace(/&(?:(\w+)|#(\d+)|#x([0-9a-f]+));/gi, (whole, name, decimal, hex) => {
    if (name) return ENTITIES[name] ?? whole;
    return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16));
  });
}
