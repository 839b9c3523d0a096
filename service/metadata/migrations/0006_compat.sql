CREATE TABLE "namespace_answers" (
	"tenant" text COLLATE "C" NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"description" text,
	"labels" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"allowed_namespaces" jsonb,
	"max_revisions" integer,
	"default_ttl" text,
	"extra" text DEFAULT '{}' NOT NULL,
	"declared" boolean DEFAULT false NOT NULL,
	"revision" bigint DEFAULT 1 NOT NULL,
	"etag" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"created_by" text NOT NULL,
	"updated_at" timestamp(6) with time zone NOT NULL,
	"updated_by" text NOT NULL,
	"idempotency_key" text COLLATE "C" NOT NULL,
	"request" text NOT NULL,
	"answered_at" timestamp(6) with time zone NOT NULL,
	CONSTRAINT "namespace_answers_tenant_name_idempotency_key_pk" PRIMARY KEY("tenant","name","idempotency_key")
);
--> statement-breakpoint
ALTER TABLE "entries" ADD COLUMN "default_ttl" text;--> statement-breakpoint
ALTER TABLE "revisions" ADD COLUMN "default_ttl" text;--> statement-breakpoint
CREATE INDEX "namespace_answers_old" ON "namespace_answers" USING btree ("tenant","answered_at");