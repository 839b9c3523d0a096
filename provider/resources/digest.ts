/** Whether two digests, `hmac-sha256:{key id}:{hex}`, tell different values. Under another key the same value has another
 *  digest, which tells nothing. */
export function isOtherDigest(a: string, b: string): boolean {
  return a !== b && keyIdOf(a) === keyIdOf(b);
}

const keyIdOf = (digest: string): string | undefined => digest.split(":")[1];
