#include "check/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/near.h"
#include "check/tell.h"
#include "config/field.h"
#include "config/request.h"

/* "Fetch.Query." and a parameter's name, cut if need be. */
#define PATH_BYTES 200

int
client_checker_init(
    struct client_checker *k, struct check *c, struct subject *job_subject, const struct jobs_row *job, struct err *e)
{
	size_t twice;

	*k = (struct client_checker){ .check = c, .job_subject = job_subject, .job = job };
	buf_init(&k->url, BOUND_URL);
	buf_init(&k->body, BOUND_REQUEST_BODY);
	buf_init(&k->key, BOUND_CONFIG_BYTES);
	settings_init(&k->bare);
	k->bases = calloc(c->systems.n + 1, sizeof(*k->bases));
	k->unknown = calloc(BOUND_CHECK_KEYS, sizeof(*k->unknown));
	if (k->bases == NULL || k->unknown == NULL)
		return err_memory(e);
	return job->job.root.kind != JSON_OBJECT || json_members_read(&k->members, job->job.root, &twice) != -1
	    ? 0
	    : err_memory(e);
}

void
client_checker_release(struct client_checker *k)
{
	size_t i;

	for (i = 0; k->bases != NULL && i <= k->check->systems.n; i++) {
		if (k->bases[i].state == BASE_READ)
			settings_release(&k->bases[i].settings);
		faults_release(&k->bases[i].refused);
	}
	free(k->bases);
	while (k->n_unknown > 0)
		free(k->unknown[--k->n_unknown]);
	free(k->unknown);
	json_members_release(&k->members);
	settings_release(&k->bare);
	buf_release(&k->url);
	buf_release(&k->body);
	buf_release(&k->key);
}

static bool
has_key(const struct json_members *m, const char *name)
{
	return json_members_get(m, name, strlen(name)).kind != JSON_ABSENT;
}

/* Is it the system's own fault, whatever the job adds to it? Then that is told of the system. */
static bool
is_bad(const struct system_row *system)
{
	struct settings s;
	bool bad =
	    settings_read_system(&s, system->name, system->definition, strlen(system->definition), NULL, NULL) == -1;

	settings_release(&s);
	return bad;
}

static int
read_base(struct client_checker *k, size_t i, struct client_base *base, struct err *e)
{
	const struct systems *systems = &k->check->systems;
	const struct system_row *system = i < systems->n ? &systems->at[i] : NULL;
	struct err why = ERR_INIT;

	if (client_settings(&base->settings, &k->job->job, system != NULL ? system->name : NULL,
	        system != NULL ? system->definition : NULL, &why) == -1) {
		base->state = BASE_BAD;
		if (why.kind == ERR_CONFIG)
			return 0;
		*e = why;
		return -1;
	}
	base->state = BASE_READ;
	if (settings_check(&base->settings, "", &base->refused, &why) == -1) {
		if (why.kind != ERR_CONFIG) {
			*e = why;
			return -1;
		}
		base->told = system != NULL && is_bad(system);
	}
	/* The job's own secret and file: told of the job, for the first of its systems that brings them. */
	return looked_settings(
	    k->check, k->job_subject, "", &base->settings, LEVEL_JOB, has_key(&k->members, "CaFile"), e);
}

/* 0 and *out (NULL: told, here or elsewhere, that there is none or that it has faults); -1. */
static int
find_base(struct client_checker *k, struct subject *s, const struct client *c, struct client_base **out, struct err *e)
{
	struct systems *systems = &k->check->systems;
	const char *name = c->system != NULL ? c->system : k->job->job.system, *near;
	size_t i = name != NULL ? systems_find(systems, name) : systems->n;

	*out = NULL;
	/* Which one the job means is not known, if that key is wrong. */
	if (name == NULL && !field_is_missing(&k->members, "System"))
		return 0;
	if (name != NULL && i == systems->n) {
		/* The job's own is told of the job. */
		if (c->system == NULL)
			return 0;
		if (systems_near(systems, name, &near, e) == -1)
			return -1;
		tell_finding(k->check, s, CHECK_ERROR, "System", "no_such_system",
		    "there is no external system %s%s%s%s", name,
		    near != NULL ? "; did you mean " : ": jobrun system set ", near != NULL ? near : name,
		    near != NULL ? "?" : " FILE");
		return 0;
	}
	if (i < systems->n)
		systems->at[i].used = true;
	if (k->bases[i].state == BASE_UNREAD && read_base(k, i, &k->bases[i], e) == -1)
		return -1;
	if (k->bases[i].state == BASE_READ)
		*out = &k->bases[i];
	return 0;
}

static bool
has_settings(const struct client_view *v)
{
	const char *const *keys;
	size_t n, i;

	keys = settings_keys(&n);
	for (i = 0; i < n; i++)
		if (has_key(&v->members, keys[i]))
			return true;
	return false;
}

/* What is the system's or the job's fault is told once, and not for each client; base NULL: it was. 0 or -1. */
static int
check_settings(
    struct client_checker *k, struct subject *s, const struct client_view *v, struct client_base *base, struct err *e)
{
	struct faults faults = { 0 };
	struct err why = ERR_INIT;
	int ret = 0;

	if (base != NULL && !has_settings(v)) {
		if (!base->told)
			tell_faults(k->check, k->job_subject, &base->refused);
		base->told = true;
		return 0;
	}
	if (base != NULL && settings_check(&v->settings, "", &faults, &why) == -1 && why.kind != ERR_CONFIG) {
		*e = why;
		ret = -1;
	} else {
		tell_faults(k->check, s, &faults);
		ret = looked_settings(k->check, s, "", &v->settings, LEVEL_CLIENT, has_key(&v->members, "CaFile"), e);
	}
	faults_release(&faults);
	return ret;
}

/* An ack's ids, of which there are none yet, and the client's own values. */
static struct json_value
ack_get(void *arg, const char *name, size_t len)
{
	static const char id[] = "1", ids[] = "[1]";

	if (len == 2 && memcmp(name, "Id", 2) == 0)
		return json_value_of(id, sizeof(id) - 1);
	if (len == 3 && memcmp(name, "Ids", 3) == 0)
		return json_value_of(ids, sizeof(ids) - 1);
	return client_view_get(*(const struct client_view *const *)arg, name, len);
}

/* A message of lib/config names the parameter of the query that it is about; all else is about the path. */
static void
tell_request(struct client_checker *k, struct subject *s, const char *below, const struct err *why)
{
	const char *text = why->text, *hint = "";
	char path[PATH_BYTES];
	size_t n = 0;

	if (strncmp(text, "Query.", 6) == 0)
		n = tell_path(text, &text);
	else if (strncmp(text, "Path ", 5) == 0)
		text += 5;
	if (strstr(text, ": this client has no ") != NULL)
		hint = ": add it to the client's entry";
	snprintf(path, sizeof(path), "%s.%.*s", below, n > 0 ? (int)n : 4, n > 0 ? why->text : "Path");
	tell_finding(k->check, s, CHECK_ERROR, path, why->code, "%s%s", text, hint);
}

/* Renders what a run would ask for, and what it would say then. 0, or 1 having told why it cannot be; -1. */
static int
check_requests(struct client_checker *k, struct subject *s, const struct client_view *v, struct err *e)
{
	const struct job *job = &k->job->job;
	struct template_scope scope = { .get = ack_get, .arg = &v };
	struct err why = ERR_INIT;
	const char *below = "Fetch";
	int bad;

	buf_clear(&k->url);
	buf_clear(&k->body);
	bad = request_fetch(job, v, &k->url, &k->body, &why);
	if (bad == 0 && job->ack.wanted) {
		below = "Ack";
		buf_clear(&k->url);
		bad = request_url(v, job->ack.path, &scope, &k->url, &why);
	}
	if (bad == 0)
		return 0;
	if (why.kind != ERR_CONFIG) {
		*e = why;
		return -1;
	}
	tell_request(k, s, below, &why);
	return 1;
}

/* Does a template of the job, or one of its rules, name this key? */
static bool
is_used(const struct jobs_row *j, const char *key)
{
	static const char word[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
	const char *at = j->row.rules;
	size_t len = strlen(key);

	if (j->job.text != NULL && template_has(j->job.text, strlen(j->job.text), key))
		return true;
	while ((at = strchr(at, '@')) != NULL) {
		at++;
		if (strncmp(at, key, len) == 0 && (at[len] == '\0' || strchr(word, at[len]) == NULL))
			return true;
	}
	return false;
}

/* 1: the key was asked about before, or too many were; 0: it is remembered now; -1. */
static int
was_asked(struct client_checker *k, const char *key, struct err *e)
{
	size_t i;

	for (i = 0; i < k->n_unknown; i++)
		if (strcmp(k->unknown[i], key) == 0)
			return 1;
	if (k->n_unknown == BOUND_CHECK_KEYS)
		return 1;
	if ((k->unknown[k->n_unknown] = strdup(key)) == NULL)
		return err_memory(e);
	k->n_unknown++;
	return 0;
}

static bool
is_known(struct json_value key, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (json_string_is(key, words[i], strlen(words[i])))
			return true;
	return false;
}

/* Any key is allowed; but one that nothing names, and that looks like a known one, is a typing error. 0 or -1. */
static int
check_keys(struct client_checker *k, struct subject *s, const char *below, const struct json_members *m, struct err *e)
{
	const char *const *own, *const *settings;
	const char *near;
	char path[PATH_BYTES];
	size_t n_own, n_settings, i;
	int asked;

	own = client_keys(&n_own);
	settings = settings_keys(&n_settings);
	for (i = 0; i < m->n; i++) {
		struct json_value key = m->at[i].key;

		if (is_known(key, own, n_own) || is_known(key, settings, n_settings))
			continue;
		buf_clear(&k->key);
		if (json_text(key, &k->key) != 0)
			continue;
		if ((asked = was_asked(k, buf_text(&k->key), e)) == -1)
			return -1;
		if (asked == 1 || is_used(k->job, buf_text(&k->key)))
			continue;
		if ((near = near_word(buf_text(&k->key), own, n_own)) == NULL)
			near = near_word(buf_text(&k->key), settings, n_settings);
		if (near == NULL)
			continue;
		snprintf(path, sizeof(path), "%s%s%s", below, below[0] != '\0' ? "." : "", buf_text(&k->key));
		tell_finding(k->check, s, CHECK_WARNING, path, "unknown_key",
		    "unknown key, which no template and no rule names; did you mean %s?", near);
	}
	return 0;
}

int
client_check_keys(
    struct client_checker *k, struct subject *s, const char *below, struct json_value entry, struct err *e)
{
	struct json_members m = { 0 };
	size_t twice;
	int ret;

	if (k->job->row.name == NULL)
		return 0;
	if (json_members_read(&m, entry, &twice) == -1)
		ret = err_memory(e);
	else
		ret = check_keys(k, s, below, &m, e);
	json_members_release(&m);
	return ret;
}

int
client_check(struct client_checker *k, struct subject *s, const struct client *c, bool probe, struct err *e)
{
	static const struct client_override none = { -1, -1 };
	struct client_base *base;
	struct client_view v;
	struct err why = ERR_INIT;
	bool whole;
	int ret = -1, bad;

	if (find_base(k, s, c, &base, e) == -1)
		return -1;
	/* What is its own is looked at all the same. */
	if (client_view_over(&v, c, base != NULL ? &base->settings : &k->bare, &none, &why) == -1) {
		if (why.kind == ERR_CONFIG) {
			tell_err(k->check, s, "", &why);
			return 0;
		}
		*e = why;
		return -1;
	}
	if (check_settings(k, s, &v, base, e) == -1 || check_keys(k, s, "", &v.members, e) == -1)
		goto out;
	whole = base != NULL && k->job->parsed;
	if (whole && v.settings.base_url != NULL) {
		if ((bad = check_requests(k, s, &v, e)) == -1)
			goto out;
		if (bad == 0 && probe && probes_add(k->check, k->job, &v, e) == -1)
			goto out;
	}
	if (whole)
		tell_well(k->check, s, "its settings and its requests can be used");
	ret = 0;
out:
	client_view_release(&v);
	return ret;
}
