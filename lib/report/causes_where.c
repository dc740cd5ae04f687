#include <string.h>

#include "json/value.h"
#include "report/causes_parts.h"

static int
add_client(const struct causes_client *client, struct buf *b)
{
	if (client->id[0] == '\0')
		return buf_adds(b, "(no id)");
	return client->twice ? buf_addf(b, "%s (group %s)", client->id, client->group) : buf_adds(b, client->id);
}

static int
add_named(const struct cause *cause, struct buf *b)
{
	size_t i;

	for (i = 0; i < cause->hit; i++)
		if ((i > 0 && buf_adds(b, ", ") == -1) || add_client(cause->named[i], b) == -1)
			return -1;
	return 0;
}

int
causes_where(const struct cause *cause, bool chosen, struct buf *b)
{
	size_t of = cause->visited, hit = cause->hit;

	if (cause->more || hit == 0)
		return buf_addf(b, "%zu clients and more", hit);
	if (hit == 1 && cause->named[0]->id[0] == '\0')
		return buf_adds(b, "an entry without an id");
	if (chosen && hit > CAUSES_NAMED)
		return buf_addf(b, "%zu clients", hit);
	if (chosen)
		return buf_adds(b, hit == 1 ? "client " : "clients ") == 0 ? add_named(cause, b) : -1;
	if (hit == 1 && of == 1)
		return buf_adds(b, "client ") == 0 && add_named(cause, b) == 0 ? buf_adds(b, ", the only one") : -1;
	if (hit == 1)
		return buf_adds(b, "client ") == 0 && add_named(cause, b) == 0 ? buf_addf(b, " only, of %zu", of) : -1;
	if (hit == of)
		return buf_addf(b, "all %zu clients", of);
	if (hit > CAUSES_NAMED)
		return buf_addf(b, "%zu of %zu clients", hit, of);
	return buf_addf(b, "%zu of %zu: ", hit, of) == 0 ? add_named(cause, b) : -1;
}

int
causes_clients(const struct cause *cause, struct buf *b)
{
	size_t i;

	if (buf_addc(b, '[') == -1)
		return -1;
	for (i = 0; i < cause->hit && i < CAUSES_NAMED; i++)
		if ((i > 0 && buf_addc(b, ',') == -1) ||
		    json_quote(b, cause->named[i]->id, strlen(cause->named[i]->id)) == -1)
			return -1;
	return buf_addc(b, ']');
}
