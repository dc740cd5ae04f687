#include "ack.h"

#include "scan.h"

/* Acknowledges one id with the given key, unless a fault refuses it; ack->id is what the log shows. 0, or -1. */
static int
acknowledge(struct service *s, struct request *r, struct slice key, struct acknowledged *ack, struct err *e)
{
	ack->known = ack->first = false;
	ack->refused = fault_rejects(r->fault, key);
	if (!ack->refused && record_ack(&s->store, &r->scope, key, &ack->known, &ack->first, e) == -1)
		return -1;
	return journal_ack(&s->store, &r->entry, &r->scope, ack, e);
}

static int
acknowledge_list(
    struct service *s, struct request *r, struct scan *ids, int64_t *n, struct buf *rejected, struct err *e)
{
	struct acknowledged ack;
	struct buf key;
	int rc = 0;

	buf_init(&key, BOUND_BODY);
	while (rc == 0 && scan_element(ids, &ack.id) == 1) {
		buf_clear(&key);
		scan_id_key(ack.id, &key);
		rc = buf_failed(&key) ? err_memory(e) : acknowledge(s, r, buf_slice(&key), &ack, e);
		if (ack.known) {
			(*n)++;
			continue;
		}
		if (rejected->len > 0)
			buf_addc(rejected, ',');
		buf_add(rejected, ack.id.at, ack.id.len);
	}
	buf_release(&key);
	return rc;
}

int
ack_many(struct service *s, struct request *r, struct answer *a, struct err *e)
{
	struct slice ids;
	struct scan list;
	struct buf rejected;
	int64_t n = 0;
	int rc;

	if (r->json.at == NULL || scan_find(r->json, "ids", &ids) != 1 || scan_open(&list, ids, '[') == -1) {
		answer_problem(a, 400, "the body must be a JSON object with an array of ids");
		return 0;
	}
	if (r->scope.client == NULL) {
		answer_problem(a, 400, "clientId is missing");
		return 0;
	}
	buf_init(&rejected, BOUND_ANSWER);
	rc = acknowledge_list(s, r, &list, &n, &rejected, e);
	buf_addf(&a->body, "{\"acknowledged\":%lld,\"rejected\":[", (long long)n);
	buf_add(&a->body, buf_text(&rejected), rejected.len);
	buf_adds(&a->body, "]}");
	if (rc == 0 && (buf_failed(&rejected) || buf_failed(&a->body)))
		rc = err_memory(e);
	buf_release(&rejected);
	return rc;
}

/*
 * A path cannot say whether 17 is a number or a string: taken as what is open
 * here, else as what is known, else as a string. Makes the key and the token that the log shows.
 */
static int
read_id(struct service *s, const struct request *r, const struct buf *text, struct buf *key, struct buf *token,
    struct err *e)
{
	int as_string, as_number;

	buf_addc(key, 'n');
	buf_add(key, buf_text(text), text->len);
	if ((as_number = record_known(&s->store, &r->scope, buf_slice(key), e)) == -1)
		return -1;
	buf_clear(key);
	buf_addc(key, 's');
	buf_add(key, buf_text(text), text->len);
	if ((as_string = record_known(&s->store, &r->scope, buf_slice(key), e)) == -1)
		return -1;
	if (as_number > as_string) {
		key->at[0] = 'n';
		buf_add(token, buf_text(text), text->len);
	} else {
		scan_quote(buf_slice(text), token);
	}
	return buf_failed(text) || buf_failed(key) || buf_failed(token) ? err_memory(e) : 0;
}

int
ack_one(struct service *s, struct request *r, struct answer *a, struct err *e)
{
	struct acknowledged ack = { .known = false };
	struct buf text, key, token;
	int rc = -1;

	buf_init(&text, BOUND_FILE);
	buf_init(&key, BOUND_FILE);
	buf_init(&token, BOUND_ANSWER);
	if (percent_decode(r->rest, false, &text) == -1) {
		answer_problem(a, 400, "a broken percent escape in the path");
		rc = 0;
		goto out;
	}
	if (read_id(s, r, &text, &key, &token, e) == -1)
		goto out;
	ack.id = buf_slice(&token);
	if (acknowledge(s, r, buf_slice(&key), &ack, e) == -1)
		goto out;
	if (ack.refused)
		answer_problem(a, 409, "this record is not taken back");
	else if (!ack.known)
		answer_problem(a, 404, "no record of this id");
	else
		buf_adds(&a->body, "{\"acknowledged\":1,\"rejected\":[]}");
	rc = 0;
out:
	buf_release(&text);
	buf_release(&key);
	buf_release(&token);
	return rc;
}
