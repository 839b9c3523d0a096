import { type Client, InvalidBucketNameError } from "minio";
import { codeOf } from "./failures.ts";
import { S3Refusal } from "./s3-refusal.ts";

interface Bucket {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
}

/** Another replica was faster, or it was ours all along. */
const OURS = "BucketAlreadyOwnedByYou";

/** Makes the bucket when it is missing. Fails with a text that an operator can act on, the server's answer as its cause. */
export async function ensureBucket(
  { endpoint, bucket, region }: Bucket,
  attempt: <T>(work: (client: Client) => Promise<T>) => Promise<T>,
): Promise<void> {
  const there = await attempt((client) => client.bucketExists(bucket)).catch((cause) => {
    throw new Error(`The bucket "${bucket}" at ${endpoint} cannot be reached: ${lookFailure(cause)}`, { cause });
  });
  if (there) return;
  await attempt((client) => client.makeBucket(bucket, region)).catch((cause) => {
    if (codeOf(cause) === OURS) return;
    const why = cause instanceof S3Refusal ? cause.code : String(codeOf(cause) ?? cause.message);
    const remedy = "Create it, or allow this access key to (s3:CreateBucket).";
    throw new Error(`The bucket "${bucket}" at ${endpoint} is missing and cannot be created (${why}). ${remedy}`, {
      cause,
    });
  });
}

const UNTRUSTED =
  "its certificate comes from an authority that is not known here. Name the authority's certificate in NODE_EXTRA_CA_CERTS.";
const NO_TLS = "it does not speak TLS. Check whether NSKV_S3_ENDPOINT should begin with http://.";

/** By the code of Node, which knows of TLS before S3 is spoken. */
const TLS: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_HAS_EXPIRED: "its certificate has expired. Renew it.",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "its certificate is for another name. Use the name in NSKV_S3_ENDPOINT that the certificate has.",
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  EPROTO: NO_TLS,
};

function lookFailure(cause: unknown): string {
  if (cause instanceof InvalidBucketNameError) return "that is no name of a bucket. Check NSKV_S3_BUCKET.";
  if (!(cause instanceof S3Refusal)) {
    const why = codeOf(cause) ?? (cause instanceof Error ? cause.message : cause);
    const tls = TLS[String(codeOf(cause))];
    if (tls) return tls;
    return `the server does not answer (${why}). Check NSKV_S3_ENDPOINT and that it runs.`;
  }
  if (cause.status === 403) {
    const check =
      "Check NSKV_S3_ACCESS_KEY, NSKV_S3_SECRET_KEY and the machine's clock, and that the key may use the bucket";
    return `the server refuses (${cause.code}). ${check} (s3:ListBucket).`;
  }
  if (cause.status === 301) return `it is in another region. Check NSKV_S3_REGION and NSKV_S3_ENDPOINT.`;
  return `the server refuses (${cause.status} ${cause.code}). Check that NSKV_S3_ENDPOINT is an S3 server.`;
}
