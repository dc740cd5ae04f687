#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bsd/string.h>

static void
fill(struct err *e, enum err_kind kind, const char *code, const char *fmt, va_list ap)
{
	e->kind = kind;
	strlcpy(e->code, code, sizeof(e->code));
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
}

int
err_set(struct err *e, enum err_kind kind, const char *code, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL)
		return -1;
	va_start(ap, fmt);
	fill(e, kind, code, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_sys(struct err *e, enum err_kind kind, const char *code, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	if (e == NULL)
		return -1;
	va_start(ap, fmt);
	/* Whatever was tried: where memory is short, what was named is not at fault. */
	if (saved == ENOMEM)
		fill(e, ERR_INTERNAL, "no_memory", fmt, ap);
	else
		fill(e, kind, code, fmt, ap);
	va_end(ap);
	strlcat(e->text, ": ", sizeof(e->text));
	strlcat(e->text, saved == ENOMEM ? "out of memory" : strerror(saved), sizeof(e->text));
	errno = saved;
	return -1;
}

int
err_memory(struct err *e)
{
	return err_set(e, ERR_INTERNAL, "no_memory", "out of memory");
}

int
err_prefix(struct err *e, const char *fmt, ...)
{
	char tail[sizeof(e->text)];
	va_list ap;

	if (e == NULL)
		return -1;
	strlcpy(tail, e->text, sizeof(tail));
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	strlcat(e->text, tail, sizeof(e->text));
	return -1;
}

void
err_clear(struct err *e)
{
	e->kind = ERR_NONE;
	e->code[0] = '\0';
	e->text[0] = '\0';
}
