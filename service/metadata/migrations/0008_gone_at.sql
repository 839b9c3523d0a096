DROP INDEX "entries_gone";--> statement-breakpoint
ALTER TABLE "entries" ADD COLUMN "gone_at" timestamp(6) with time zone GENERATED ALWAYS AS (CASE WHEN gone IS NOT NULL THEN updated_at END) STORED;--> statement-breakpoint
CREATE INDEX "entries_gone" ON "entries" USING btree ("tenant","gone_at") WHERE "entries"."gone" IS NOT NULL;