#include "auth.h"

#include <strings.h>

#include "digest.h"

static bool
basic_ok(struct MHD_Connection *connection, const char *token)
{
	char *password = NULL, *user = MHD_basic_auth_get_username_password(connection, &password);
	bool ok = user != NULL && password != NULL && digest_same_secret(password, token);

	MHD_free(user);
	MHD_free(password);
	return ok;
}

bool
auth_check(struct MHD_Connection *connection, const char *token, const char **how)
{
	const char *sent = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization");
	const char *api_key = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Api-Key");
	bool ok = false;

	*how = NULL;
	if (sent != NULL && strncasecmp(sent, "Bearer ", 7) == 0) {
		*how = "Bearer";
		ok = token != NULL && digest_same_secret(sent + 7, token);
	} else if (sent != NULL && strncasecmp(sent, "Basic ", 6) == 0) {
		*how = "Basic";
		ok = token != NULL && basic_ok(connection, token);
	} else if (sent != NULL) {
		*how = "other";
	} else if (api_key != NULL) {
		*how = "X-Api-Key";
		ok = token != NULL && digest_same_secret(api_key, token);
	}
	return token == NULL || ok;
}
