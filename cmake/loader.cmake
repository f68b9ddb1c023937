# The loader image: compiled once, position-independent, for the Armv7-M baseline; checked for
# relocations and size; embedded in the host library as data. -g is for tests/coverage/loader.py only
# and changes no instruction.
set(LOADER_FLAGS
    -mcpu=cortex-m3 -mthumb -std=c11 -Os -g -ffreestanding -fno-builtin -fPIC -fvisibility=hidden
    -fno-common -ffunction-sections -fdata-sections -fstack-usage -Wall -Wextra -Wconversion -Wshadow
    -Werror -I${CMAKE_SOURCE_DIR} -I${CMAKE_SOURCE_DIR}/loader)
# R9 points to struct loader_state; without R8, R10 and R11 more instructions are short.
set(LOADER_SIZE_FLAGS -flto -ffixed-r8 -ffixed-r9 -ffixed-r10 -ffixed-r11 -fno-move-loop-invariants
                      -fno-inline-functions-called-once -fno-gcse -fno-jump-tables -fno-tree-loop-optimize
                      -fno-schedule-insns2 -fipa-pta -fno-code-hoisting -fno-tree-tail-merge
                      -fno-if-conversion -fno-ipa-sra -fno-tree-dominator-opts -fno-optimize-sibling-calls
                      -fno-tree-fre)
set(LOADER_C_FLAGS ${LOADER_SIZE_FLAGS} -ffat-lto-objects
                   -include ${CMAKE_SOURCE_DIR}/loader/visibility.h)

file(GLOB_RECURSE LOADER_SOURCES CONFIGURE_DEPENDS loader/*.c loader/*.S)
set(LOADER_DIR ${CMAKE_BINARY_DIR}/loader)
set(LOADER_OBJECTS)
foreach(source ${LOADER_SOURCES})
  file(RELATIVE_PATH name ${CMAKE_SOURCE_DIR}/loader ${source})
  set(object ${LOADER_DIR}/${name}.o)
  get_filename_component(folder ${object} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  set(flags ${LOADER_FLAGS})
  if(name MATCHES "\\.c$")
    list(APPEND flags ${LOADER_C_FLAGS})
  endif()
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${LOADER_GCC} ${flags} -MD -MF ${object}.d -c ${source} -o ${object}
    DEPENDS ${source} DEPFILE ${object}.d
    COMMENT "Cross-compiling loader/${name}" VERBATIM)
  list(APPEND LOADER_OBJECTS ${object})
endforeach()

set(LOADER_ELF ${LOADER_DIR}/loader.elf)
set(LOADER_SYMBOLS ${LOADER_DIR}/symbols.txt)
add_custom_command(
  OUTPUT ${LOADER_ELF} ${LOADER_SYMBOLS}
  COMMAND ${LOADER_GCC} ${LOADER_FLAGS} ${LOADER_SIZE_FLAGS} -nostdlib -nostartfiles
          -T ${CMAKE_SOURCE_DIR}/loader/image.ld -Wl,--emit-relocs,--gc-sections,--build-id=none
          -Wl,--no-warn-rwx-segments,--fatal-warnings ${LOADER_OBJECTS} -o ${LOADER_ELF}
  COMMAND arm-none-eabi-readelf -sW ${LOADER_OBJECTS} > ${LOADER_SYMBOLS}
  DEPENDS ${LOADER_OBJECTS} ${CMAKE_SOURCE_DIR}/loader/image.ld
  COMMENT "Linking the loader image" VERBATIM)

# The embedder fails the build on any relocation that depends on the load address, and over the budget
# of 11712 bytes: 12 KiB less 576 for the largest shipped board block, which has 572, in steps of 8.
add_executable(embed_loader cmake/embed_loader.c src/elf/elf32.c src/report/error.c)
set(LOADER_IMAGE_SOURCE ${CMAKE_BINARY_DIR}/loader_image.c)
add_custom_command(
  OUTPUT ${LOADER_IMAGE_SOURCE}
  COMMAND embed_loader ${LOADER_ELF} ${LOADER_SYMBOLS} ${LOADER_IMAGE_SOURCE} 11712
  DEPENDS embed_loader ${LOADER_ELF}
  COMMENT "Embedding the loader image" VERBATIM)
