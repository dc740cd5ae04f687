#!/bin/bash
# The manual pages as mandoc sees them.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

files '*.[1-8]' | { grep '/man/' || true; } | xargs -r -d '\n' mandoc -T lint -W warning
