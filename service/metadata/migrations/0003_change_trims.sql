CREATE TABLE "change_trims" (
	"tenant" text COLLATE "C" PRIMARY KEY NOT NULL,
	"upto" bigint NOT NULL
);
