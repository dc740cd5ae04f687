/*
 * The folder that `job new` makes, built into the binary from template/. It is a job as it stands, called
 * TEMPLATE_NAME; what its job.json says of name and number is replaced.
 */
#ifndef CMD_TEMPLATE_H
#define CMD_TEMPLATE_H

#define TEMPLATE_NAME "NewJob"
#define TEMPLATE_TYPE "\"JobType\": 1,"

struct template_file {
	const char *path; /* below the folder */
	const char *text;
};

/* Ends with a NULL path; job.json is the first. */
extern const struct template_file template_files[];

#endif
