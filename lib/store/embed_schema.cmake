# cmake -DOUT=schema.c "-DFILES=001_a.sql;002_b.sql" -P embed_schema.cmake
#
# Writes the migrations as the C array that schema.h declares. What could only
# be wrong by mistake is refused here, at build time: a gap in the numbers, or
# a file that does not record its own number in user_version.
cmake_minimum_required(VERSION 3.25)

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
  file(READ "${file}" bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  if(bytes MATCHES "0x[89a-f]")
    # Above 127 a byte does not fit C's char, and it has no place in a schema.
    message(FATAL_ERROR "${file}: only ASCII may stand in it")
  endif()
  set(byte "0x..,")
  string(REGEX REPLACE "(${byte}${byte}${byte}${byte}${byte}${byte}${byte}${byte})" "\\1\n\t" bytes "${bytes}")
  string(APPEND arrays "static const char migration_${number}[] = {\n\t${bytes}0x00\n};\n\n")
  string(APPEND rows "\t{ ${number}, \"${name}\", migration_${number} },\n")
endforeach()

file(WRITE "${OUT}"
  "/* Made from schema/ by embed_schema.cmake. */\n#include \"store/schema.h\"\n\n"
  "${arrays}const struct schema_step schema_steps[] = {\n${rows}};\n"
  "const int schema_newest = ${number};\n")
