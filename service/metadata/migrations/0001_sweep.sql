CREATE TABLE "leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" uuid NOT NULL,
	"until" timestamp(6) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "entries_gone" ON "entries" USING btree ("tenant","updated_at") WHERE "entries"."gone" IS NOT NULL;