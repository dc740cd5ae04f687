#!/bin/bash
# build.sh PRESET: configures and builds one preset of CMakePresets.json.
set -euo pipefail
cd "$(dirname "$0")/.."

cmake --preset "$1"
cmake --build --preset "$1"
# The presets that pack do so.
if [[ $1 == package ]]; then
	rm -f build/package/*.deb
	cpack --preset package
fi
