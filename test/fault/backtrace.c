/*
 * Preloaded into a program whose allocations fail (32-libc-allocations.sh): where it crashes it says in which library,
 * innermost first, so that a crash of a library's own is told from one of jobrun's.
 */
#include <execinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define FRAMES 40

static void
tell(int number)
{
	void *frames[FRAMES];

	(void)!write(STDERR_FILENO, "crashed at:\n", sizeof("crashed at:\n") - 1);
	backtrace_symbols_fd(frames, backtrace(frames, FRAMES), STDERR_FILENO);
	signal(number, SIG_DFL);
	raise(number);
}

__attribute__((constructor)) static void
catch_crashes(void)
{
	static char room[65536];
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
	stack_t stack = { .ss_sp = room, .ss_size = sizeof(room) };
	struct sigaction action = { .sa_handler = tell, .sa_flags = SA_ONSTACK };
	void *frame[1];
	size_t i;

	/* The first call loads what it needs, while there is memory. */
	backtrace(frame, 1);
	sigaltstack(&stack, NULL);
	for (i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		sigaction(crashes[i], &action, NULL);
}
