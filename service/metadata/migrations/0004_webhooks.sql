CREATE TABLE "webhook_deliveries" (
	"tenant" text COLLATE "C" NOT NULL,
	"webhook" uuid NOT NULL,
	"change" bigint NOT NULL,
	"namespace" text NOT NULL,
	"key" text NOT NULL,
	"revision" bigint NOT NULL,
	"etag" uuid NOT NULL,
	"op" text NOT NULL,
	"by" text NOT NULL,
	"door" text NOT NULL,
	"at" timestamp(6) with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp(6) with time zone NOT NULL,
	"dead_since" timestamp(6) with time zone,
	"failed_at" timestamp(6) with time zone,
	"failure" text,
	CONSTRAINT "webhook_deliveries_tenant_webhook_change_pk" PRIMARY KEY("tenant","webhook","change")
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"tenant" text COLLATE "C" NOT NULL,
	"id" uuid NOT NULL,
	"url" text NOT NULL,
	"namespace" text COLLATE "C",
	"prefix" text COLLATE "C",
	"events" jsonb NOT NULL,
	"description" text,
	"enabled" boolean NOT NULL,
	"disabled_because" text,
	"secret_version" integer DEFAULT 1 NOT NULL,
	"previous_until" timestamp(6) with time zone,
	"cursor" bigint NOT NULL,
	"missed_at" timestamp(6) with time zone,
	"delivered_at" timestamp(6) with time zone,
	"failed_at" timestamp(6) with time zone,
	"failure" text,
	"revision" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp(6) with time zone DEFAULT clock_timestamp() NOT NULL,
	"created_by" text NOT NULL,
	"updated_at" timestamp(6) with time zone DEFAULT clock_timestamp() NOT NULL,
	"updated_by" text NOT NULL,
	CONSTRAINT "webhooks_tenant_id_pk" PRIMARY KEY("tenant","id")
);
--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_webhook" FOREIGN KEY ("tenant","webhook") REFERENCES "public"."webhooks"("tenant","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("tenant","webhook","next_at") WHERE "webhook_deliveries"."dead_since" IS NULL;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_dead" ON "webhook_deliveries" USING btree ("dead_since") WHERE "webhook_deliveries"."dead_since" IS NOT NULL;