#include <signal.h>
#include <stddef.h>

#include <curl/curl.h>

#include "http/engine.h"

int
engine_global(struct err *e)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	CURLcode rc;

	/* With NOSIGNAL libcurl leaves it to us, and TLS writes to sockets that are gone. */
	if (sigaction(SIGPIPE, &ignore, NULL) == -1)
		return err_sys(e, ERR_INTERNAL, "transfer", "ignore SIGPIPE");
	if ((rc = curl_global_init(CURL_GLOBAL_DEFAULT)) != CURLE_OK)
		return err_set(e, ERR_INTERNAL, "transfer", "libcurl cannot start: %s", curl_easy_strerror(rc));
	return 0;
}
