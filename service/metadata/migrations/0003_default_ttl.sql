ALTER TABLE "entries" ADD COLUMN "default_ttl" text;--> statement-breakpoint
ALTER TABLE "revisions" ADD COLUMN "default_ttl" text;