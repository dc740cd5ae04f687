/*
 * The migrations in schema/, built into the binary by embed_schema.cmake.
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

/* sql runs inside one transaction and ends by setting user_version to version. */
struct schema_step {
	int version;
	const char *name; /* its file: "001_jobrun.sql" */
	const char *sql;
};

/* Step i leads from version i to i + 1; there are schema_newest of them. */
extern const struct schema_step schema_steps[];
extern const int schema_newest;

#endif
