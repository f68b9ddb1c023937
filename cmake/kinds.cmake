# The loader with one fault on purpose, once for each mutant that tests/sim/kinds.def names: images that
# tests/sim/test_kinds.c drives beside our own. What a mutant is stands in tests/mutants/list.
find_program(PYTHON python3 REQUIRED)
set(MUTANT_LIST ${CMAKE_SOURCE_DIR}/tests/mutants/list)
set(MUTANT_SCRIPT ${CMAKE_SOURCE_DIR}/tests/mutants/run.py)
set(MUTANT_ROWS ${CMAKE_SOURCE_DIR}/tests/sim/kinds.def)
set(MUTANT_DIR ${CMAKE_BINARY_DIR}/kinds)
set(MUTANT_BUDGET 16384) # a mutant may be over the budget, and leaves things unused
set(MUTANT_SOURCES)
set(MUTANT_DECLARATIONS)
set(MUTANT_ENTRIES)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${MUTANT_LIST} ${MUTANT_ROWS})

file(STRINGS ${MUTANT_LIST} lines REGEX "^(mutant|file): ")
foreach(line ${lines})
  if(line MATCHES "^mutant: (.+)$")
    set(name ${CMAKE_MATCH_1})
  elseif(line MATCHES "^file: loader/(.+)$")
    set(MUTANT_FILE_${name} ${CMAKE_MATCH_1})
  endif()
endforeach()

function(add_mutant name symbol)
  set(file ${MUTANT_FILE_${name}})
  if(NOT file MATCHES "\\.[cS]$")
    message(FATAL_ERROR "tests/sim/kinds.def: no mutant ${name} of a source of loader/ in tests/mutants/list")
  endif()
  get_filename_component(leaf ${file} NAME)
  set(stem ${MUTANT_DIR}/${name})
  set(flags ${LOADER_FLAGS})
  list(REMOVE_ITEM flags -Werror)
  set(compile_flags ${flags})
  if(file MATCHES "\\.c$")
    list(APPEND compile_flags ${LOADER_C_FLAGS})
  endif()
  set(objects ${LOADER_OBJECTS})
  list(REMOVE_ITEM objects ${LOADER_DIR}/${file}.o)
  file(MAKE_DIRECTORY ${stem})
  add_custom_command(
    OUTPUT ${stem}.c
    COMMAND ${PYTHON} ${MUTANT_SCRIPT} ${CMAKE_SOURCE_DIR} --write ${name} ${stem}/${leaf}
    COMMAND ${LOADER_GCC} ${compile_flags} -w -c ${stem}/${leaf} -o ${stem}/${leaf}.o
    COMMAND ${LOADER_GCC} ${flags} -w ${LOADER_SIZE_FLAGS} -nostdlib -nostartfiles
            -T ${CMAKE_SOURCE_DIR}/loader/image.ld -Wl,--emit-relocs,--gc-sections,--build-id=none
            -Wl,--no-warn-rwx-segments ${objects} ${stem}/${leaf}.o -o ${stem}.elf
    COMMAND embed_loader ${stem}.elf ${LOADER_SYMBOLS} ${stem}.c ${MUTANT_BUDGET} > ${stem}.txt
    DEPENDS embed_loader ${LOADER_OBJECTS} ${LOADER_SYMBOLS} ${CMAKE_SOURCE_DIR}/loader/${file}
            ${CMAKE_SOURCE_DIR}/loader/image.ld ${MUTANT_LIST} ${MUTANT_SCRIPT}
    COMMENT "Cross-compiling the mutant ${name}" VERBATIM)
  set_source_files_properties(${stem}.c PROPERTIES COMPILE_DEFINITIONS pack_loader_image=${symbol})
endfunction()

file(STRINGS ${MUTANT_ROWS} rows REGEX "^KIND\\(")
string(REGEX MATCHALL "\"[a-z0-9-]+\"" names "${rows}")
list(REMOVE_DUPLICATES names)
foreach(quoted ${names})
  string(REPLACE "\"" "" name ${quoted})
  string(MAKE_C_IDENTIFIER mutant_${name} symbol)
  add_mutant(${name} ${symbol})
  list(APPEND MUTANT_SOURCES ${MUTANT_DIR}/${name}.c)
  string(APPEND MUTANT_DECLARATIONS "const struct loader_image *${symbol}(void);\n")
  string(APPEND MUTANT_ENTRIES "    {${quoted}, ${symbol}},\n")
endforeach()
file(CONFIGURE OUTPUT ${MUTANT_DIR}/mutants.c @ONLY CONTENT [[
/* Made by cmake/kinds.cmake. */
#include "sim/mutants.h"

@MUTANT_DECLARATIONS@
const struct mutant mutants[] = {
@MUTANT_ENTRIES@    {0, 0},
};
]])
list(APPEND MUTANT_SOURCES ${MUTANT_DIR}/mutants.c)
