#include "secret/key.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <bsd/stdlib.h>
#include <sha2.h>

#include "base/bounds.h"
#include "secret/source.h"

#define PREFIX "jobrun_"
#define PREFIX_LEN (sizeof(PREFIX) - 1)
#define RANDOM_BYTES 32
/* 256 bits in pieces of six, the last one filled up with zeros. */
#define DIGITS 43

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int
key_make(struct buf *out, struct err *e)
{
	unsigned char random[RANDOM_BYTES + 1] = { 0 };
	char key[PREFIX_LEN + DIGITS];
	unsigned pair;
	size_t i;
	int ret;

	arc4random_buf(random, RANDOM_BYTES);
	memcpy(key, PREFIX, PREFIX_LEN);
	for (i = 0; i < DIGITS; i++) {
		pair = (unsigned)random[i * 6 / 8] << 8 | random[i * 6 / 8 + 1];
		key[PREFIX_LEN + i] = alphabet[pair >> (10 - i * 6 % 8) & 63];
	}
	buf_wipe(out);
	ret = buf_add(out, key, sizeof(key)) == -1 ? err_memory(e) : 0;
	explicit_bzero(random, sizeof(random));
	explicit_bzero(key, sizeof(key));
	return ret;
}

void
key_hash(const char *key, size_t len, unsigned char hash[KEY_HASH])
{
	SHA2_CTX sha;

	SHA256Init(&sha);
	SHA256Update(&sha, (const uint8_t *)key, len);
	SHA256Final(hash, &sha);
	explicit_bzero(&sha, sizeof(sha));
}

/* A key given where a file's name belongs must not end in a message, and so in a mail. */
static bool
looks_like_key(const char *path)
{
	return strncmp(path, PREFIX, PREFIX_LEN) == 0 && strspn(path + PREFIX_LEN, alphabet) >= DIGITS;
}

static int
read_file(const char *path, bool guarded, struct buf *out, struct err *e)
{
	struct source source = { .code = "key", .unreadable = ERR_INPUT, .refused = ERR_KEY, .guarded = guarded };
	char *name = NULL;
	int ret;

	if (strcmp(path, "-") == 0) {
		source.name = "the key on standard input";
		return source_stdin(&source, out, e);
	}
	if (path[0] == '\0')
		return err_set(e, ERR_INPUT, "key", "the key file's name is empty: name the file that holds the key");
	if (looks_like_key(path))
		return err_set(
		    e, ERR_INPUT, "key", "the key file's name is a key by its looks: name the file that holds it");
	if (asprintf(&name, "key file %s", path) == -1)
		return err_memory(e);
	source.name = name;
	ret = source_file(&source, path, out, e);
	free(name);
	return ret;
}

static int
read_text(const char *name, const char *key, size_t len, struct buf *out, struct err *e)
{
	struct source source = { .name = name, .code = "key", .unreadable = ERR_INPUT, .refused = ERR_KEY };

	return source_text(&source, key, len, out, e);
}

/* jobrun.key among systemd's credentials: 1 if there is none. */
static int
read_credential(struct buf *out, struct err *e)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	struct stat st;
	char *path;
	int ret = 1;

	if (folder == NULL || folder[0] != '/')
		return 1;
	if (asprintf(&path, "%s/jobrun.key", folder) == -1)
		return err_memory(e);
	if (lstat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR))
		ret = read_file(path, true, out, e);
	free(path);
	return ret;
}

/* Takes JOBRUN_KEY out of the environment, where children and /proc would show it; its length, at most size. */
static size_t
take_variable(char *key, size_t size)
{
	char *value = getenv("JOBRUN_KEY");
	size_t len;

	if (value == NULL)
		return 0;
	len = strnlen(value, size);
	memcpy(key, value, len);
	explicit_bzero(value, strlen(value));
	unsetenv("JOBRUN_KEY");
	return len;
}

int
key_find(const struct key_source *source, struct buf *out, struct err *e)
{
	char variable[BOUND_SECRET_BYTES + 1];
	size_t len = take_variable(variable, sizeof(variable));
	const char *file = getenv("JOBRUN_KEY_FILE");
	int ret;

	if (source->key != NULL)
		ret = read_text("--key", source->key, strlen(source->key), out, e);
	else if (source->key_file != NULL)
		ret = read_file(source->key_file, false, out, e);
	else if (len > 0)
		ret = read_text("JOBRUN_KEY", variable, len, out, e);
	else if (file != NULL && file[0] != '\0')
		ret = read_file(file, false, out, e);
	else
		ret = read_credential(out, e);
	explicit_bzero(variable, sizeof(variable));
	return ret;
}
