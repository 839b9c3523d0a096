CREATE TABLE "changes" (
	"tenant" text COLLATE "C" NOT NULL,
	"namespace" text COLLATE "C" NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "changes_id" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"revision" bigint NOT NULL,
	"etag" uuid NOT NULL,
	"op" text NOT NULL,
	"by" text NOT NULL,
	"door" text NOT NULL,
	"at" timestamp(6) with time zone NOT NULL,
	CONSTRAINT "changes_tenant_id_pk" PRIMARY KEY("tenant","id")
);
--> statement-breakpoint
CREATE TABLE "entries" (
	"tenant" text COLLATE "C" NOT NULL,
	"namespace" text COLLATE "C" NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	"revision" bigint NOT NULL,
	"etag" uuid NOT NULL,
	"gone" text,
	"type" text NOT NULL,
	"object" text COLLATE "C",
	"object_offset" bigint,
	"object_length" bigint,
	"size" bigint NOT NULL,
	"digest" "bytea" NOT NULL,
	"digest_key" text NOT NULL,
	"description" text,
	"labels" jsonb NOT NULL,
	"secret" boolean NOT NULL,
	"ttl" text,
	"expires_at" timestamp(6) with time zone,
	"created_at" timestamp(6) with time zone NOT NULL,
	"created_by" text NOT NULL,
	"updated_at" timestamp(6) with time zone NOT NULL,
	"updated_by" text NOT NULL,
	"door" text NOT NULL,
	CONSTRAINT "entries_tenant_namespace_key_pk" PRIMARY KEY("tenant","namespace","key"),
	CONSTRAINT "entries_object_unless_gone" CHECK (("entries"."gone" IS NULL) = ("entries"."object" IS NOT NULL))
);
--> statement-breakpoint
CREATE TABLE "namespaces" (
	"tenant" text COLLATE "C" NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"description" text,
	"labels" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"allowed_namespaces" jsonb,
	"max_revisions" integer,
	"default_ttl" text,
	"extra" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"revision" bigint DEFAULT 1 NOT NULL,
	"etag" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"created_by" text NOT NULL,
	"updated_at" timestamp(6) with time zone NOT NULL,
	"updated_by" text NOT NULL,
	CONSTRAINT "namespaces_tenant_name_pk" PRIMARY KEY("tenant","name")
);
--> statement-breakpoint
CREATE TABLE "objects" (
	"tenant" text COLLATE "C" NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"live_bytes" bigint NOT NULL,
	"dead_since" timestamp(6) with time zone,
	"created_at" timestamp(6) with time zone NOT NULL,
	CONSTRAINT "objects_tenant_name_pk" PRIMARY KEY("tenant","name")
);
--> statement-breakpoint
CREATE TABLE "revisions" (
	"tenant" text COLLATE "C" NOT NULL,
	"namespace" text COLLATE "C" NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	"revision" bigint NOT NULL,
	"etag" uuid NOT NULL,
	"gone" text,
	"type" text NOT NULL,
	"object" text COLLATE "C",
	"object_offset" bigint,
	"object_length" bigint,
	"size" bigint NOT NULL,
	"digest" "bytea" NOT NULL,
	"digest_key" text NOT NULL,
	"description" text,
	"labels" jsonb NOT NULL,
	"secret" boolean NOT NULL,
	"ttl" text,
	"expires_at" timestamp(6) with time zone,
	"created_at" timestamp(6) with time zone NOT NULL,
	"created_by" text NOT NULL,
	"updated_at" timestamp(6) with time zone NOT NULL,
	"updated_by" text NOT NULL,
	"door" text NOT NULL,
	"action" text NOT NULL,
	"brought_value" boolean NOT NULL,
	"created" boolean NOT NULL,
	"idempotency_key" text COLLATE "C" NOT NULL,
	CONSTRAINT "revisions_tenant_namespace_key_revision_pk" PRIMARY KEY("tenant","namespace","key","revision")
);
--> statement-breakpoint
ALTER TABLE "entries" ADD CONSTRAINT "entries_namespace" FOREIGN KEY ("tenant","namespace") REFERENCES "public"."namespaces"("tenant","name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "entries_expiring" ON "entries" USING btree ("tenant","expires_at") WHERE "entries"."gone" IS NULL AND "entries"."expires_at" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "objects_dead" ON "objects" USING btree ("tenant","dead_since") WHERE "objects"."dead_since" IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "revisions_idempotency_key" ON "revisions" USING btree ("tenant","namespace","key","idempotency_key");