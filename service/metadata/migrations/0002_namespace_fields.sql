ALTER TABLE "namespaces" ALTER COLUMN "extra" SET DATA TYPE text;--> statement-breakpoint
ALTER TABLE "namespaces" ALTER COLUMN "extra" SET DEFAULT '{}';--> statement-breakpoint
ALTER TABLE "namespaces" ADD COLUMN "declared" boolean DEFAULT false NOT NULL;