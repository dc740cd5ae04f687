/*
 * Time that only passes when something waits or looks at the clock: the linker's --wrap (sim.ld) puts it, and chance
 * that a seed brings back, in the place of jobrun's clocks, sleeps, pid, host and arc4random().
 */
#ifndef SIM_VTIME_H
#define SIM_VTIME_H

#include <stdint.h>

/* Begins anew. drag_us: each look at the clock takes up to so long, as on a machine that is slow. */
void vtime_begin(uint64_t seed, int64_t utc_ms, int64_t drag_us);

void vtime_pass_us(int64_t us);
/* The clock that people read is set; the other goes on. */
void vtime_jump_ms(int64_t ms);

int64_t vtime_mono_ms(void);
int64_t vtime_utc_ms(void);

#endif
