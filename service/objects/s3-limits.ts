const KIB = 1_024;
const MIB = 1_024 * KIB;
const GIB = 1_024 * MIB;

/** How long an S3 server is waited for, and how much of an upload lies in memory. Tests give smaller ones. */
export interface S3Limits {
  /** Until a connection stands, TLS included. */
  readonly connectMsMax: number;
  /** Without a byte moved, while it is the server's turn. A slow source or reader costs the server nothing. */
  readonly stallMsMax: number;
  /** For a whole read, delete or page of a list, with all its retries. */
  readonly requestMsMax: number;
  /** What an aborted upload still waits for an answer, so that it knows what it leaves behind. */
  readonly farewellMsMax: number;
  /** Tries of a request that can be repeated, and the pause after the first; each further pause is twice as long. */
  readonly triesMax: number;
  readonly pauseMs: number;
  /** Up to here a value whose size is known is collected in memory, because then a broken connection can be retried. */
  readonly wholeBytesMax: number;
  /** A value whose size is unknown is collected up to here; what is longer goes up in parts. S3's own minimum is 5 MiB. */
  readonly partBytesMin: number;
  /** What one PUT may carry (S3: 5 GiB); what is longer goes up in parts. */
  readonly putBytesMax: number;
  /** From here on a slice that is lent has a connection of its own. */
  readonly lentBytesMin: number;
}

export const S3_LIMITS: S3Limits = {
  connectMsMax: 5_000,
  stallMsMax: 30_000,
  requestMsMax: 30_000,
  farewellMsMax: 5_000,
  triesMax: 4,
  pauseMs: 100,
  wholeBytesMax: 256 * KIB,
  partBytesMin: 8 * MIB,
  putBytesMax: 5 * GIB,
  lentBytesMin: 2 * MIB,
};

/** The same for a server that must answer in `ms`. */
export const s3LimitsFor = (ms: number): S3Limits => ({
  ...S3_LIMITS,
  connectMsMax: Math.min(S3_LIMITS.connectMsMax, ms),
  stallMsMax: ms,
  requestMsMax: ms,
  farewellMsMax: Math.min(S3_LIMITS.farewellMsMax, ms),
});

/** S3 takes no more parts than this in one upload. */
export const PARTS_MAX = 10_000;
/** After so many parts the next ones are twice as large … */
const PARTS_PER_SIZE = 1_000;
/** … up to this, since two parts lie in memory. All 10,000 then make 4 TiB. */
const PART_BYTES_MAX = GIB;

/** The size of a part (counted from 1) of an upload whose end is unknown: small ones first, because most uploads are small. */
export const growingPartBytes = (part: number, partBytesMin: number): number =>
  Math.min(PART_BYTES_MAX, partBytesMin * 2 ** Math.floor((part - 1) / PARTS_PER_SIZE));

/** The size of every part of an upload whose end is known. */
export const evenPartBytes = (size: number, partBytesMin: number): number =>
  Math.max(partBytesMin, Math.ceil(size / PARTS_MAX));
