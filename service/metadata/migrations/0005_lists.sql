CREATE INDEX "entries_by_key" ON "entries" USING btree ("tenant","key","namespace") WHERE "entries"."gone" IS NULL;--> statement-breakpoint
CREATE INDEX "entries_by_creation" ON "entries" USING btree ("tenant","created_at") WHERE "entries"."gone" IS NULL;--> statement-breakpoint
CREATE INDEX "entries_by_update" ON "entries" USING btree ("tenant","updated_at") WHERE "entries"."gone" IS NULL;