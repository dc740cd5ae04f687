#include "sample.h"

#include <string.h>

#include "clock.h"
#include "draw.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The world's clock stands still, or the same seed would not give the same records. */
#define NEWEST 1795413600LL     /* 2026-11-23T06:00:00Z */
#define FIRST_SLOT 1795503600LL /* 2026-11-24T07:00:00Z */
#define SLOTS_A_DAY 24

/* Far from every good id and number. */
#define UNKNOWN_ID 900000000000LL
#define UNKNOWN_NUMBER 9000000LL

static const char *const first_names[] = { "Zoë", "Łukasz", "Anna", "José", "Thị Hoa", "Björn", "Aylin", "Chloé", "Jan",
	"Ömer", "Siobhán", "Ondřej", "Mia", "Παῦλος", "Иван", "Noor" };
static const char *const last_names[] = { "Müller", "Nguyễn", "王", "O’Brien", "Kowalski", "García", "Šimek", "Yılmaz",
	"de Vries", "Østergård", "Ångström", "Papadopoulos", "Иванова", "Smith", "田中", "Haddad" };
static const char *const doctors[] = { "Dr. A. Novák", "Dr. E. Lindqvist", "Dr. M. Okafor", "Dr. S. Weiß",
	"Dr. L. Chen" };
static const char *const priorities[] = { "routine", "routine", "routine", "urgent", "stat" };
static const char *const notes[] = { "No acute finding.", "Follow-up in 6 months.", "Prior study compared.",
	"Effusion, unchanged.", "See \\\"addendum\\\" 1." };
static const char *const reasons[] = { "patient is ill", "moved away", "examined elsewhere", "no transport",
	"asked for another day" };

static const struct {
	const char *code, *name, *modality;
} exams[] = {
	{ "MR-HEAD", "MRI head", "MR" },
	{ "MR-KNEE", "MRI knee", "MR" },
	{ "CT-CHEST", "CT chest", "CT" },
	{ "US-ABDO", "Ultrasound abdomen", "US" },
	{ "XR-HAND", "X-ray hand", "XR" },
};

static const char *const rooms[] = { "MR", "CT", "US", "XR" };

int64_t
sample_bad(const struct spec *spec, int64_t n)
{
	int64_t place = n - spec->first + 1, k = place * spec->bad / spec->count;

	return k > (place - 1) * spec->bad / spec->count ? k : 0;
}

static const char *
pick(struct draw *d, const char *const *table, size_t n)
{
	return table[draw_below(d, n)];
}

static void
add_patient(struct draw *d, bool email, struct buf *out)
{
	uint64_t id = 10000 + draw_below(d, 90000);

	buf_addf(out, "\"patient\":{\"id\":%llu,\"name\":\"%s", (unsigned long long)id,
	    pick(d, first_names, COUNT(first_names)));
	buf_addf(out, " %s\"", pick(d, last_names, COUNT(last_names)));
	if (email)
		buf_addf(out, ",\"email\":\"patient%llu@example.org\"", (unsigned long long)id);
	buf_addc(out, '}');
}

/* modality NULL: of any kind. */
static void
add_exam(struct draw *d, const char *modality, struct buf *out)
{
	size_t i;

	do {
		i = draw_below(d, COUNT(exams));
	} while (modality != NULL && strcmp(exams[i].modality, modality) != 0);
	buf_addf(out, "\"exam\":{\"code\":\"%s\",\"name\":\"%s\",\"modality\":\"%s\"}", exams[i].code, exams[i].name,
	    exams[i].modality);
}

/* Bad ones, in turn: unknown to the platform, without an id, of another status, with the key "id" twice. */
static void
write_record(const struct spec *spec, struct draw *d, int64_t n, struct buf *out)
{
	enum { ID_TWICE, UNKNOWN, NO_ID, DRAFT, GOOD };
	int64_t id = spec->client * 1000000 + n, k = sample_bad(spec, n), how = k > 0 ? k % 4 : GOOD, done;
	char completed[CLOCK_TEXT], updated[CLOCK_TEXT];

	done = NEWEST - (int64_t)draw_below(d, (uint64_t)spec->days * 1440) * 60;
	clock_text(done, completed);
	clock_text(done + (int64_t)draw_below(d, 60) * 60, updated);
	buf_addc(out, '{');
	if (how != NO_ID)
		buf_addf(out, "\"id\":%lld,", (long long)(how == UNKNOWN ? UNKNOWN_ID + n : id));
	buf_addf(out, "\"recordNumber\":\"R-%07lld\",\"status\":\"%s\",\"completedAt\":\"%s\",\"updatedAt\":\"%s\",",
	    (long long)n, how == DRAFT ? "DRAFT" : "COMPLETED", completed, updated);
	add_patient(d, false, out);
	buf_addc(out, ',');
	add_exam(d, NULL, out);
	buf_addf(out, ",\"reportedBy\":\"%s\"", pick(d, doctors, COUNT(doctors)));
	buf_addf(out, ",\"priority\":\"%s\"", pick(d, priorities, COUNT(priorities)));
	buf_addf(out, ",\"notes\":\"%s\"", pick(d, notes, COUNT(notes)));
	/* With the same value, so that a lenient reader would see nothing wrong. */
	if (how == ID_TWICE)
		buf_addf(out, ",\"id\":%lld", (long long)id);
	buf_addc(out, '}');
}

/* The number whose slot this appointment takes: its own; a bad one that of the nearest good one before it. */
static int64_t
slot_of(const struct spec *spec, int64_t n)
{
	int64_t taken = n;

	while (taken >= spec->first && sample_bad(spec, taken) > 0)
		taken--;
	return taken >= spec->first ? taken : n;
}

static void
write_appointment(const struct spec *spec, struct draw *d, int64_t n, struct buf *out)
{
	int64_t slot = slot_of(spec, n) - 1, day = slot / (int64_t)(COUNT(rooms) * SLOTS_A_DAY);
	const char *room = rooms[(size_t)slot % COUNT(rooms)];
	char start[CLOCK_TEXT];
	bool moved = draw_below(d, 5) == 0;
	int version = moved ? 2 + (int)draw_below(d, 4) : 1;

	clock_text(FIRST_SLOT + day * 86400 + slot / (int64_t)COUNT(rooms) % SLOTS_A_DAY * 1800, start);
	buf_addf(out, "{\"id\":\"A-%lld-%lld\",\"version\":%d,", (long long)spec->client, (long long)n, version);
	/* Rooms are the client's own, so that no two clients want the same. */
	buf_addf(out, "\"slot\":{\"room\":\"%s-%lld\",\"start\":\"%s\",\"minutes\":30},", room, (long long)spec->client,
	    start);
	add_patient(d, false, out);
	buf_addc(out, ',');
	add_exam(d, room, out);
	buf_addf(out, ",\"status\":\"%s\"}", moved ? "MOVED" : "BOOKED");
}

static void
write_cancellation(const struct spec *spec, struct draw *d, int64_t n, struct buf *out)
{
	int64_t appointment = sample_bad(spec, n) > 0 ? UNKNOWN_NUMBER + n : n;
	char at[CLOCK_TEXT];

	clock_text(NEWEST - (int64_t)draw_below(d, (uint64_t)spec->days * 1440) * 60, at);
	buf_addf(out, "{\"id\":\"C-%lld-%lld\",\"appointmentId\":\"A-%lld-%lld\",", (long long)spec->client,
	    (long long)n, (long long)spec->client, (long long)appointment);
	buf_addf(out, "\"reason\":\"%s\",\"cancelledAt\":\"%s\",", pick(d, reasons, COUNT(reasons)), at);
	add_patient(d, true, out);
	buf_addc(out, '}');
}

void
sample_write(const struct spec *spec, uint64_t seed, int64_t n, struct buf *out)
{
	static const struct {
		const char *kind;
		void (*write)(const struct spec *, struct draw *, int64_t, struct buf *);
	} writers[] = {
		{ "records", write_record },
		{ "appointments", write_appointment },
		{ "cancellations", write_cancellation },
	};
	struct draw d = draw_from(seed, spec->kind, spec->client, n);
	size_t i;

	for (i = 0; i < COUNT(writers); i++) {
		if (strcmp(writers[i].kind, spec->kind) == 0)
			writers[i].write(spec, &d, n, out);
	}
}
