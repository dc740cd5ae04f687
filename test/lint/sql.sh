#!/bin/bash
# SQL stands in lib/store/sql.c, in schema/ and in rules, nowhere else.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

verbs='SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|CREATE|DROP|ALTER|PRAGMA|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE'
verbs+='|VACUUM|ATTACH|DETACH|REINDEX|ANALYZE|EXPLAIN'
# Those that can stand alone; DELETE cannot, but is HTTP's too.
alone='BEGIN|COMMIT|ROLLBACK|VACUUM|ANALYZE|REINDEX'

{ grep -rnE "\"[[:space:]]*(($verbs)[[:space:]]|($alone)[;\"])" --include='*.[ch]' lib cmd || true; } |
	{ grep -vE '^lib/(store/sql[a-z_]*\.c|rules/[a-z_]+\.[ch]):' || true; } | refuse "SQL outside lib/store/sql.c"
