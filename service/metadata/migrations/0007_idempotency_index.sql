DROP INDEX "revisions_idempotency_key";--> statement-breakpoint
CREATE UNIQUE INDEX "revisions_idempotency_key" ON "revisions" USING btree ("idempotency_key","key","namespace","tenant");