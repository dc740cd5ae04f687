# cmake -DOUT=template.c -DFROM=FOLDER "-DFILES=job.json;rules.sql" -P embed_template.cmake
#
# Writes the files below the folder as the C array that template.h declares.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/../../../lib/embed.cmake)

set(arrays "")
set(rows "")
set(number 0)
foreach(file IN LISTS FILES)
  math(EXPR number "${number} + 1")
  embed_text("${FROM}/${file}" bytes)
  string(APPEND arrays "static const char file_${number}[] = {\n\t${bytes}\n};\n\n")
  string(APPEND rows "\t{ \"${file}\", file_${number} },\n")
endforeach()

file(WRITE "${OUT}"
  "/* Made from template/ by embed_template.cmake. */\n#include <stddef.h>\n\n#include \"template.h\"\n\n"
  "${arrays}const struct template_file template_files[] = {\n${rows}\t{ NULL, NULL },\n};\n")
