/*
 * The metrics' text, and two times that stand in it.
 */
#ifndef TEST_REPORT_METRICS_TEXT_H
#define TEST_REPORT_METRICS_TEXT_H

#include "../scratch.h"

#include "report/metrics.h"

#define T1 "2026-11-23T07:00:00.000Z"
#define T2 "2026-11-23T07:30:00.500Z"
/* T1 */
#define NOW INT64_C(1795417200000)
#define MOST 100000

static const struct metrics_build build = { "1.2.3", "3.40.1", "7.88.1" };

static inline void
text_of(const struct metrics *m, struct buf *b)
{
	buf_init(b, MOST);
	assert_int_equal(metrics_text(m, &build, b), 0);
}

#endif
