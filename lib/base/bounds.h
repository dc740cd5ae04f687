/*
 * Every ceiling in one place, each with its reason. A bound that a user may
 * set has its default here too.
 */
#ifndef BASE_BOUNDS_H
#define BASE_BOUNDS_H

/* Nesting of a JSON document: what cJSON accepts too, far beyond any real record. */
#define BOUND_JSON_DEPTH 1000

/* An envelope's member name; longer ones cannot be named by a pointer and are only skipped. */
#define BOUND_JSON_NAME 4096

/* A next-page URL or a cursor in an answer: what common servers accept as a request line. */
#define BOUND_CAPTURE 8192

/* Default of MaxItemBytes: a record with a report's text in it fits, a file does not. */
#define BOUND_ITEM_BYTES (4U * 1024 * 1024)
/* Most that MaxItemBytes may say: an item is held whole, and bound into SQLite whole. */
#define BOUND_ITEM_BYTES_MOST (64U * 1024 * 1024)

/* An item's id or version: both stand in the ledger's key. */
#define BOUND_ITEM_ID 1000

/* What an answer may hold between its items: an envelope is small, a flood is not an envelope. */
#define BOUND_ENVELOPE_BYTES (16U * 1024 * 1024)

/* Items of one answer: an hour's work or so. More is no report, but an answer without an end. */
#define BOUND_ANSWER_ITEMS 20000000

/* A job.json, a system's definition or a client's entry. */
#define BOUND_CONFIG_BYTES (1024U * 1024)
/* Keys of one object of these that a hint may name: the job's root has the most, half as many. */
#define BOUND_CONFIG_KEYS 64
/* SendFrequency, in minutes: ten years. What is due less often is not scheduled by this. */
#define BOUND_SEND_FREQUENCY 5256000
/* A whole APP_JOB_CONFIG array: 100,000 clients of some 300 bytes each, twice over. */
#define BOUND_CLIENTS_BYTES (64U * 1024 * 1024)
/* rules.sql: a file that a person reads in minutes. */
#define BOUND_RULES_BYTES (256U * 1024)
#define BOUND_RULES_STATEMENTS 100
/* Different parameters in one rules file: far more than a record has fields that one reads. */
#define BOUND_RULES_PARAMETERS 1000
/* A rule's name in messages: the rest of the line is the reason's. */
#define BOUND_RULE_NAME 80
/* Tables and indexes that a plan is judged by: a hundred tables of some indexes each; jobrun has a tenth of that. */
#define BOUND_RULE_ROOTS 1000
/* A value that a rule reads or builds: the largest item, in a row with other columns. */
#define BOUND_RULE_VALUE (BOUND_ITEM_BYTES_MOST + 1024U * 1024)
/* SQLite's memory while a rule runs: the largest item three times over, and the caches. */
#define BOUND_RULE_HEAP (256U * 1024 * 1024)
/*
 * Once a rejected item had written, so many items get a savepoint each: the next such costs no transaction. As many as
 * cost together what a batch costs that is done twice.
 */
#define BOUND_RULE_GUARDED 20000
/* Bytes of two texts that one call of trim() or its like compares: a second's work, in which no clock is looked at. */
#define BOUND_RULE_COMPARISONS (INT64_C(256) * 1024 * 1024)

/* A secret, a key, or one line of a key file. */
#define BOUND_SECRET_BYTES 8192

/* What is told of one wrong definition: who has more mends that first. */
#define BOUND_FAULTS 100

/* Headers of an external system: what common servers accept in one request. */
#define BOUND_HEADERS 100

/* A rendered URL, and a rendered request body (an ack of 10,000 long ids). */
#define BOUND_URL 16384
#define BOUND_REQUEST_BODY (16U * 1024 * 1024)

/* The answer to an ack is read whole, for its rejected ids. */
#define BOUND_ACK_ANSWER (4U * 1024 * 1024)
#define BOUND_ACK_BATCH 10000
/*
 * Acks that were answered are marked with the next commit, and have one of their own once so many items wait for it, or
 * so long: what a crash takes of the marks is acknowledged again.
 */
#define BOUND_ACK_MARKS 1000
#define BOUND_ACK_MARKS_MS 250

/* Pages of one fetch: a server that pages for ever is stopped here. */
#define BOUND_PAGES 1000000
/* Items that one page is asked to have: more in one answer is no page. */
#define BOUND_PAGE_SIZE 1000000
#define BOUND_REDIRECTS 5

/* An answer's headers: eight times what common servers send at the most. */
#define BOUND_HEADER_BYTES (64 * 1024)
/* How much of an error's body is read for its first line. */
#define BOUND_ERROR_EXCERPT 2048
/* A body slower than this, over a whole Timeout, is no longer coming. */
#define BOUND_SLOWEST_BYTES 64
/* libcurl's receive buffer, one for each transfer under way. */
#define BOUND_RECEIVE_BUFFER (64 * 1024)

/* Clients in flight at once. */
#define BOUND_PARALLEL 1024
#define BOUND_PARALLEL_DEFAULT 6
/* Clients beside them that wait for a commit, with no request under way. */
#define BOUND_PARALLEL_WAITING 256

/* One group commit: items and bytes held in memory, more than are usually applied in the time below. */
#define BOUND_BATCH_ITEMS 4000
#define BOUND_BATCH_BYTES (640U * 1024)
/* While requests are under way, so much time is gathered in one commit: a sync serves many clients. */
#define BOUND_BATCH_GATHER_MS 50
/* Unless nothing came for so long: a commit that waits on costs most when the answers come just then. */
#define BOUND_BATCH_QUIET_MS 10
/* Half of the 100 ms promised to the platform: the rest is for the commit's sync. */
#define BOUND_BATCH_HOLD_MS 50
/*
 * How long `prune` and `items retry` leave the write lock alone after that, at most. SQLite's wait for a busy database
 * looks every 25 ms at first: without a rest, a platform's program could find the lock taken each time it looks.
 */
#define BOUND_BATCH_REST_MS 25
/*
 * A run, which takes the lock for minutes, leaves it alone for so long in one piece: in the first 128 ms of its wait
 * whoever waits looks at least every 25 ms, and so finds it free. (A millisecond is rounded, one is its timer's.)
 */
#define BOUND_REST_MS 27
/* While others write: so long after the last rest the next begins, in time for who began to wait just then. */
#define BOUND_REST_BESIDE_MS 100
/* Who only waits is not seen: now and then there is a rest for him. */
#define BOUND_REST_ALONE_MS 500
/* Others write as long as a commit of theirs is no older. */
#define BOUND_REST_SEEN_MS 2000
/* No transaction begins so shortly before a rest: it could hold next to nothing. */
#define BOUND_REST_NEAR_MS 10
/* Rows of acks or errors in one of its transactions: some milliseconds of work, on top of the items'. */
#define BOUND_BATCH_ROWS 1000

/* What `prune` deletes in one go, between two looks at the clock: some milliseconds of work. */
#define BOUND_PRUNE_ROWS 1000
#define BOUND_PRUNE_ITEMS 4000
/* Old runs that it lists at a time. */
#define BOUND_PRUNE_RUNS 500

/* Pages that `backup` copies between two looks at whether it is to end: 4 MiB. */
#define BOUND_BACKUP_PAGES 1024

/* A job's tests: cases, files of one case, an answer's pages, what comes out as text,
 * and how long a script may take. */
#define BOUND_TRIAL_CASES 1000
#define BOUND_TRIAL_FILE (16U * 1024 * 1024)
#define BOUND_TRIAL_PAGES 1000
#define BOUND_TRIAL_TEXT (4U * 1024 * 1024)
#define BOUND_TRIAL_ITEMS 100000
#define BOUND_TRIAL_SQL_MS 10000
/* Lines of one text times lines of the other, of those that are compared to find the least difference. */
#define BOUND_TRIAL_DIFF (4U * 1024 * 1024)

/* Runs in a row that may die in one item's rules before it is parked: one death may be anybody's, three are its own. */
#define BOUND_RULE_CRASHES 3

/* How long a busy database is waited for. */
#define BOUND_BUSY_MS 30000
/* And once that was in vain, for the run's own row: what it cannot say the next run will. */
#define BOUND_BUSY_AGAIN_MS 1000
/*
 * A write-ahead log that is longer was kept from ending by someone who reads: it is begun anew at 16 MiB and one
 * batch. Its file is cut back to this when it is begun anew.
 */
#define BOUND_LOG_BYTES 67108864

/* Item errors shown on standard error for one client; the rest are counted. */
#define BOUND_SHOWN_ERRORS 10

/* A dry run shows an item's changed rows up to so many, and a value's first bytes: enough to see what a rule does. */
#define BOUND_DIFF_ROWS 50
#define BOUND_DIFF_VALUE 60
/* And so many items in all, unless --limit says otherwise. */
#define BOUND_DIFF_ITEMS 20
#define BOUND_DIFF_ITEMS_MOST 100000

/* A database up to this size is looked through by `check`: larger ones would take seconds. */
#define BOUND_CHECK_DATABASE (64 * 1024 * 1024)
/* Less room on its disk than this is said: a run's log and its write-ahead log fit in it, not much more. */
#define BOUND_DISK_LOW (100 * 1024 * 1024)
/* A key that expires within so many days is said. */
#define BOUND_KEY_EXPIRES_DAYS 14
/* Different keys of a job's clients that nothing names: past so many they are records, and no typing errors. */
#define BOUND_CHECK_KEYS 64
/* Secrets and files that `check` remembers to have looked at: one for each of 100,000 clients. */
#define BOUND_CHECK_LOOKED 100000
/* `check --probe`: requests at once, and how much of an answer is read. */
#define BOUND_PROBES 64
#define BOUND_PROBE_BYTES (1024U * 1024)

/* A message kept in a table or shown: long enough to mend by, short enough for a line. */
#define BOUND_MESSAGE 1000

/* A line of the log: a message whose every byte is escaped, who it is about, and what else belongs to it. */
#define BOUND_LOG_LINE 16384
/* What one verb prints, held whole: of 100,000 clients some twenty lines of metrics each, or a row and its text. */
#define BOUND_OUTPUT_BYTES (256U * 1024 * 1024)
/* One entry of the help, laid out: a verb's line or an option's, with room for ten of the longest. */
#define BOUND_HELP_ENTRY 8192
/* A file's path that we put together: twice the longest that Linux takes, so that Linux says what is wrong with it. */
#define BOUND_PATH 8192
/* Job types among which a mistyped name is looked for: more than anybody has. */
#define BOUND_NEAR_JOBS 1000

/* What two messages of one cause have in common: the begin of it says enough. */
#define BOUND_CAUSE 400
/* Causes that `errors` keeps apart: more are no longer causes. The rest is counted. */
#define BOUND_CAUSES 1000
/* Clients that it counts: 100 bytes each, and a bit for each cause. */
#define BOUND_CAUSE_CLIENTS 200000
/* Each of two cells of one cause: what three ids take, every character escaped, and the words between. */
#define BOUND_CAUSE_WHERE (64U * 1024)
/* A sentence of an item's history: two ids, a client, and the words between. */
#define BOUND_SENTENCE (16U * 1024)
/* Rows of one list on a terminal or in JSON, whatever --limit says. */
#define BOUND_LISTED 100000
/* Errors of one item that its history shows: one a run, the newest. */
#define BOUND_HISTORY 1000

/* Why a job is on hold or a client paused: stands in one message with what to do about it. */
#define BOUND_REASON 500

/* Clients that `status` shows without --all: when more are unwell, the cause is one of a few. */
#define BOUND_SHOWN_CLIENTS 50
/* Lines on who is paused or held, below a table: more are a state of things, which `status` tells. */
#define BOUND_SHOWN_HELD 10
/* Pilots that hold a rollout up, told of when it is refused: all of a usual rollout; `rollout` shows each. */
#define BOUND_SHOWN_PILOTS 20

/* Retry-After: longer than this and the next scheduled run is the better retry. */
#define BOUND_RETRY_AFTER_MS 300000
/* Exponential back-off with full jitter: from BASE doubling to MOST. */
#define BOUND_BACKOFF_BASE_MS 500
#define BOUND_BACKOFF_MOST_MS 30000

/*
 * Requests that must miss a host in a row before it is taken for down: one is a client's own trouble, two may be a
 * coincidence.
 */
#define BOUND_BREAKER_VISITS 3
/* A host that is down is asked again after that long: often enough that a long run does not outlast its return. */
#define BOUND_BREAKER_PROBE_MS 10000

/* After a signal or --max-time, how long acks of committed items may still take. */
#define BOUND_STOP_GRACE_MS 10000

/* How long a run's end may wait for those who are told of its alerts: all at once, their retries counted. */
#define BOUND_NOTIFY_MS 15000
/* Targets of one Notify, and alerts told in one body: more is no news, but a flood. */
#define BOUND_NOTIFY_TARGETS 20
#define BOUND_NOTIFY_ALERTS 1000
/* A chat's message shows so many of them: at Slack 40,000 characters. */
#define BOUND_NOTIFY_LINES 30
/* Such a body, each text in it bounded by BOUND_MESSAGE. */
#define BOUND_NOTIFY_BYTES (16U * 1024 * 1024)
/* Targets told at once, all jobs' together: each is a connection or a process. */
#define BOUND_NOTIFY_AT_ONCE 200
/* Words of a command that is told, and how much of what it complains about is kept. */
#define BOUND_NOTIFY_WORDS 100
#define BOUND_NOTIFY_COMPLAINT 300
/* What a command's environment is made of, its PATH, HOME and LANG; a path is no longer than 4096 bytes. */
#define BOUND_LAUNCH_VARIABLES 8
#define BOUND_LAUNCH_ENVIRONMENT 16384

/* How long a run's start and its end may each wait for Ping, and what it is told: a glance, not a log. */
#define BOUND_PING_MS 5000
#define BOUND_PING_LINES 20
#define BOUND_PING_BYTES 8192

/* Changes of alerts in one transaction: some milliseconds of the write lock. */
#define BOUND_ALERT_ROWS 1000
/* Alerts told on standard error at one run's end; the rest are counted. */
#define BOUND_SHOWN_ALERTS 100
/* A run's summary in JSON: two alerts of some hundred bytes for each of 100,000 clients. */
#define BOUND_SUMMARY_BYTES (256U * 1024 * 1024)
/* Findings of one kind that `watch` prints of a job; the rest are counted. In JSON all stand. */
#define BOUND_SHOWN_FINDINGS 100
/* Of what a client owes, so many items are looked at for the oldest:
 * 10,000 clients that owe are still told in a second. */
#define BOUND_OWED_AGED 100

#endif
