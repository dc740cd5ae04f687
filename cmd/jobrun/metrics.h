/*
 * Metrics for Prometheus, to standard output or into a file for node_exporter's textfile collector.
 */
#ifndef CMD_METRICS_H
#define CMD_METRICS_H

#include "app.h"

/*
 * Writes the metrics of all jobs in the open database, so
 * that the crontab lines of several jobs may name the same file,
 * which is replaced at once or not at all. What cannot be written is one warning line.
 */
void metrics_file(struct app *app, const char *path);

#endif
