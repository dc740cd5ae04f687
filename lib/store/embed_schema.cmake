# cmake -DOUT=schema.c "-DFILES=001_a.sql;002_b.sql" -P embed_schema.cmake
#
# Writes the migrations as the C array that schema.h declares. What could only
# be wrong by mistake is refused here, at build time: a gap in the numbers, or
# a file that does not record its own number in user_version.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/../embed.cmake)

set(arrays "")
set(rows "")
set(number 0)
foreach(file IN LISTS FILES)
  math(EXPR number "${number} + 1")
  get_filename_component(name "${file}" NAME)
  if(NOT name MATCHES "^0*${number}_[a-z0-9_]+\\.sql$")
    message(FATAL_ERROR "${file}: migration ${number} is expected here")
  endif()
  file(READ "${file}" text)
  if(NOT text MATCHES "PRAGMA user_version = ${number};")
    message(FATAL_ERROR "${file}: it must end with PRAGMA user_version = ${number};")
  endif()
  embed_text("${file}" bytes)
  string(APPEND arrays "static const char migration_${number}[] = {\n\t${bytes}\n};\n\n")
  string(APPEND rows "\t{ ${number}, \"${name}\", migration_${number} },\n")
endforeach()

file(WRITE "${OUT}"
  "/* Made from schema/ by embed_schema.cmake. */\n#include \"store/schema.h\"\n\n"
  "${arrays}const struct schema_step schema_steps[] = {\n${rows}};\n"
  "const int schema_newest = ${number};\n")
