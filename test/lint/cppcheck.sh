#!/bin/bash
# cppcheck over all that the clang preset compiles.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
build=${JOBRUN_LINT_BUILD:-build/clang}

# Off, because:
#   constParameter…          callbacks have the signatures that their callers lay down;
#   ctunullpointer           it takes sizeof(e->text) for a look behind the pointer;
#   invalidFunctionArgBool   a flag is bound to a statement as the 0 or 1 that it is;
#   knownConditionTrueFalse, redundantInitialization  it forgets the second half of an && (2.10);
#   rand_rCalled             tests want numbers that a seed brings back;
#   redundantContinue        a loop's empty body is spelt `continue;` here;
#   unusedStructMember       it does not see uses in other files;
#   variableScope            declarations stand at the top of their function here.
off=(constParameter constParameterCallback constParameterPointer ctunullpointer invalidFunctionArgBool
	knownConditionTrueFalse rand_rCalled redundantInitialization redundantContinue unusedStructMember variableScope
	unmatchedSuppression missingIncludeSystem)

# It reads no system headers; what our code cannot be parsed without is given to it.
mkdir -p "$build/cppcheck"
cppcheck --project="$build/compile_commands.json" --cppcheck-build-dir="$build/cppcheck" -j "$(nproc)" \
	--enable=warning,style,performance,portability --inline-suppr --library=posix --library=sqlite3 \
	--library=libcurl --include=/usr/include/bsd/sys/queue.h --include=/usr/include/bsd/sys/tree.h \
	"${off[@]/#/--suppress=}" --relative-paths="$PWD" --template=gcc --quiet --error-exitcode=1
