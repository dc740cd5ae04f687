#include "report/causes_parts.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "base/bounds.h"

/* The clients of a cause are a bit each, in memory of whole steps. */
#define BITS_STEP 1024

struct node {
	RB_ENTRY(node) entry;
	struct cause cause;
	unsigned char *bits;
	size_t bytes;
};

RB_HEAD(client_tree, causes_client);
RB_HEAD(node_tree, node);

struct causes {
	struct client_tree clients;
	struct node_tree nodes;
	size_t n_clients, n_nodes;
	struct cause **sorted;
	int64_t others;
};

static int
compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_clients(const struct causes_client *a, const struct causes_client *b)
{
	int order = compare_numbers(a->job_type, b->job_type);

	if (order == 0)
		order = strcmp(a->id, b->id);
	return order != 0 ? order : strcmp(a->group, b->group);
}

static int
compare_nodes(const struct node *a, const struct node *b)
{
	int order = compare_numbers(a->cause.job_type, b->cause.job_type);

	if (order == 0)
		order = strcmp(a->cause.code, b->cause.code);
	if (order == 0)
		order = strcmp(a->cause.stage, b->cause.stage);
	return order != 0 ? order : strcmp(a->cause.text, b->cause.text);
}

/* RB_GENERATE_STATIC of libbsd needs a macro that glibc does not have. */
RB_GENERATE_INTERNAL(client_tree, causes_client, entry, compare_clients, static __attribute__((unused)))
RB_GENERATE_INTERNAL(node_tree, node, entry, compare_nodes, static __attribute__((unused)))

struct causes *
causes_new(struct err *e)
{
	struct causes *causes = calloc(1, sizeof(*causes));

	if (causes == NULL)
		err_memory(e);
	return causes;
}

static void
client_free(struct causes_client *client)
{
	free(client->id);
	free(client->group);
	free(client);
}

static void
node_free(struct node *node)
{
	free(node->cause.job);
	free(node->cause.stage);
	free(node->cause.code);
	free(node->cause.text);
	free(node->bits);
	free(node);
}

void
causes_free(struct causes *causes)
{
	struct causes_client *client;
	struct node *node;

	if (causes == NULL)
		return;
	/* The analyzer takes the trees' rotations for uses of what was freed. */
	while ((client = RB_ROOT(&causes->clients)) != NULL) {
		RB_REMOVE(client_tree, &causes->clients, client); /* NOLINT(clang-analyzer-unix.Malloc) */
		client_free(client);
	}
	while ((node = RB_ROOT(&causes->nodes)) != NULL) {
		RB_REMOVE(node_tree, &causes->nodes, node); /* NOLINT(clang-analyzer-unix.Malloc) */
		node_free(node);
	}
	free(causes->sorted);
	free(causes);
}

/* The client's own entry, made if need be: 0 with *out, NULL when there is no room for more; -1. */
static int
client_of(struct causes *causes, int64_t job_type, const char *id, const char *group, struct causes_client **out,
    struct err *e)
{
	struct causes_client key = { .job_type = job_type,
		.id = (char *)(uintptr_t)id,
		.group = (char *)(uintptr_t)group },
	                     *client;

	if ((*out = RB_FIND(client_tree, &causes->clients, &key)) != NULL || causes->n_clients == BOUND_CAUSE_CLIENTS)
		return 0;
	if ((client = calloc(1, sizeof(*client))) == NULL)
		return err_memory(e);
	client->job_type = job_type;
	client->id = strdup(id);
	client->group = strdup(group);
	client->number = causes->n_clients;
	if (client->id == NULL || client->group == NULL) {
		client_free(client);
		return err_memory(e);
	}
	RB_INSERT(client_tree, &causes->clients, client);
	causes->n_clients++;
	*out = client;
	return 0;
}

int
causes_visit(struct causes *causes, const struct errlog_visit *visit, struct err *e)
{
	struct causes_client *client;

	if (client_of(causes, visit->job_type, visit->client, visit->group, &client, e) == -1)
		return -1;
	if (client != NULL)
		client->run = visit->run;
	return 0;
}

/* The row's cause, made if need be: 0 with *out, NULL when there are too many; -1. */
static int
node_of(struct causes *causes, const struct errlog_row *row, struct node **out, struct err *e)
{
	struct cause_of of = { row->code, row->client, row->group, row->item, row->item_len };
	char text[CAUSE_TEXT];
	struct node key = { .cause = { .job_type = row->job_type,
		                .stage = (char *)(uintptr_t)row->stage,
		                .code = (char *)(uintptr_t)row->code,
		                .text = text } },
	            *node;
	struct cause *c;

	cause_text(row->message, &of, text);
	*out = NULL;
	if ((node = RB_FIND(node_tree, &causes->nodes, &key)) == NULL) {
		if (causes->n_nodes == BOUND_CAUSES)
			return 0;
		if ((node = calloc(1, sizeof(*node))) == NULL)
			return err_memory(e);
		c = &node->cause;
		c->job_type = row->job_type;
		c->job = row->job != NULL ? strdup(row->job) : NULL;
		c->stage = strdup(row->stage);
		c->code = strdup(row->code);
		c->text = strdup(text);
		if ((row->job != NULL && c->job == NULL) || c->stage == NULL || c->code == NULL || c->text == NULL) {
			node_free(node);
			return err_memory(e);
		}
		RB_INSERT(node_tree, &causes->nodes, node);
		causes->n_nodes++;
	}
	*out = node;
	return 0;
}

/* Counts the client among those hit, once. */
static int
hit(struct node *node, struct causes_client *client, struct err *e)
{
	size_t at = client->number / CHAR_BIT, bytes = (at / BITS_STEP + 1) * BITS_STEP;
	unsigned bit = 1U << client->number % CHAR_BIT;
	struct cause *cause = &node->cause;
	unsigned char *bits;

	if (at >= node->bytes) {
		if ((bits = realloc(node->bits, bytes)) == NULL)
			return err_memory(e);
		memset(bits + node->bytes, 0, bytes - node->bytes);
		node->bits = bits;
		node->bytes = bytes;
	}
	if ((node->bits[at] & bit) != 0)
		return 0;
	node->bits[at] |= (unsigned char)bit;
	if (cause->hit < CAUSES_NAMED)
		cause->named[cause->hit] = client;
	cause->hit++;
	return 0;
}

int
causes_add(struct causes *causes, const struct errlog_row *row, struct err *e)
{
	struct causes_client *client;
	struct cause *cause;
	struct node *node;

	if (node_of(causes, row, &node, e) == -1 ||
	    client_of(causes, row->job_type, row->client, row->group, &client, e) == -1)
		return -1;
	if (node == NULL) {
		causes->others++;
		return 0;
	}
	cause = &node->cause;
	if (cause->count++ == 0 || strcmp(row->at, cause->first) < 0)
		strlcpy(cause->first, row->at, sizeof(cause->first));
	if (strcmp(row->at, cause->last) > 0)
		strlcpy(cause->last, row->at, sizeof(cause->last));
	if (client == NULL) {
		cause->more = true;
		return 0;
	}
	cause->open |= row->run >= client->run;
	/* The analyzer does not see that the tree owns the client. */
	return hit(node, client, e); /* NOLINT(clang-analyzer-unix.Malloc) */
}

static int
compare_causes(const void *a, const void *b)
{
	const struct cause *x = *(struct cause *const *)a, *y = *(struct cause *const *)b;
	int order;

	if (x->open != y->open)
		return x->open ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	if ((order = strcmp(y->last, x->last)) != 0)
		return order;
	order = strcmp(x->code, y->code);
	return order != 0 ? order : strcmp(x->text, y->text);
}

static int
compare_named(const void *a, const void *b)
{
	const struct causes_client *x = *(const struct causes_client *const *)a,
	                           *y = *(const struct causes_client *const *)b;

	/* Numbers by their value: without zeros before them the longer one is larger. */
	if (strlen(x->id) != strlen(y->id) && x->id[strspn(x->id, "0123456789")] == '\0' &&
	    y->id[strspn(y->id, "0123456789")] == '\0')
		return strlen(x->id) < strlen(y->id) ? -1 : 1;
	return compare_clients(x, y);
}

/* Is the job's client of that id in another group, too? */
static bool
is_twice(const struct causes_client *client)
{
	struct causes_client *it = (struct causes_client *)(uintptr_t)client;
	const struct causes_client *before = RB_PREV(client_tree, NULL, it), *after = RB_NEXT(client_tree, NULL, it);

	return (before != NULL && before->job_type == client->job_type && strcmp(before->id, client->id) == 0) ||
	    (after != NULL && after->job_type == client->job_type && strcmp(after->id, client->id) == 0);
}

static void
order_named(struct cause *c)
{
	size_t n = c->hit < CAUSES_NAMED ? c->hit : CAUSES_NAMED, i;

	qsort(c->named, n, sizeof(struct causes_client *), compare_named);
	for (i = 0; i < n; i++)
		c->named[i]->twice = is_twice(c->named[i]);
}

/* Once through both trees, which are in the order of their job types. */
static void
count_visited(struct causes *causes)
{
	struct causes_client *client = RB_MIN(client_tree, &causes->clients);
	int64_t job_type = INT64_MIN;
	struct node *node;
	size_t n = 0;

	RB_FOREACH(node, node_tree, &causes->nodes) {
		if (node->cause.job_type != job_type)
			n = 0;
		job_type = node->cause.job_type;
		for (; client != NULL && client->job_type <= job_type; client = RB_NEXT(client_tree, NULL, client))
			/* An entry so broken that its id is not known is no client to count. */
			if (client->job_type == job_type && client->id[0] != '\0')
				n++;
		node->cause.visited = n;
	}
}

struct cause *const *
causes_sorted(struct causes *causes, size_t *n, struct err *e)
{
	struct node *node;

	*n = 0;
	free(causes->sorted);
	if ((causes->sorted = calloc(causes->n_nodes + 1, sizeof(struct cause *))) == NULL) {
		err_memory(e);
		return NULL;
	}
	count_visited(causes);
	RB_FOREACH(node, node_tree, &causes->nodes) {
		causes->sorted[(*n)++] = &node->cause;
		order_named(&node->cause);
	}
	qsort(causes->sorted, *n, sizeof(struct cause *), compare_causes);
	return causes->sorted;
}

int64_t
causes_others(const struct causes *causes)
{
	return causes->others;
}
