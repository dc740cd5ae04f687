# embed_text(FILE OUT): the file as the middle of a C array of char, its NUL among it. Only ASCII: above 127 a byte does
# not fit C's char everywhere, and what is built in needs none.
function(embed_text file out)
  file(READ "${file}" bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  if(bytes MATCHES "0x[89a-f]")
    message(FATAL_ERROR "${file}: only ASCII may stand in it")
  endif()
  set(byte "0x..,")
  string(REGEX REPLACE "(${byte}${byte}${byte}${byte}${byte}${byte}${byte}${byte})" "\\1\n\t" bytes "${bytes}")
  set(${out} "${bytes}0x00" PARENT_SCOPE)
endfunction()
