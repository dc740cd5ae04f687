#include <sysexits.h>

#include "app.h"

int
exit_status(enum err_kind kind)
{
	static const int statuses[] = {
		[ERR_NONE] = EX_OK,
		[ERR_USAGE] = EX_USAGE,
		[ERR_INPUT] = EX_NOINPUT,
		[ERR_UNAVAILABLE] = EX_UNAVAILABLE,
		[ERR_INTERNAL] = EX_SOFTWARE,
		[ERR_DATABASE] = EX_IOERR,
		[ERR_TRY_LATER] = EX_TEMPFAIL,
		[ERR_KEY] = EX_NOPERM,
		[ERR_CONFIG] = EX_CONFIG,
		[ERR_ITEM] = EX_SOFTWARE,
	};

	return statuses[kind];
}
