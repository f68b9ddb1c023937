# Good and bad loaders in source, each one file over tests/fixtures/fixture.h, linked as a .stldr by
# fixture.ld or by a script of its own name.
set(FIXTURE_DIR ${CMAKE_BINARY_DIR}/fixtures)
set(FIXTURE_SOURCE ${CMAKE_SOURCE_DIR}/tests/fixtures)
file(MAKE_DIRECTORY ${FIXTURE_DIR})
file(GLOB FIXTURE_SOURCES CONFIGURE_DEPENDS tests/fixtures/*.c)
set(FIXTURE_FILES)
foreach(source ${FIXTURE_SOURCES})
  get_filename_component(name ${source} NAME_WE)
  set(fixture ${FIXTURE_DIR}/${name}.stldr)
  set(script ${FIXTURE_SOURCE}/fixture.ld)
  if(EXISTS ${FIXTURE_SOURCE}/${name}.ld)
    set(script ${FIXTURE_SOURCE}/${name}.ld)
  endif()
  add_custom_command(
    OUTPUT ${fixture}
    COMMAND ${LOADER_GCC} -mcpu=cortex-m33 -mthumb -mfloat-abi=soft -std=gnu11 -Os -ffreestanding
            -fno-builtin -nostdlib -nostartfiles -Wall -Wextra -Werror -I${CMAKE_SOURCE_DIR}
            -DFIXTURE_NAME="${name}" -T ${script} -Wl,--build-id=none
            -Wl,--no-warn-rwx-segments ${source} -o ${fixture}
    DEPENDS ${source} ${FIXTURE_SOURCE}/fixture.h ${script}
            ${CMAKE_SOURCE_DIR}/abi/storage_info.h
    COMMENT "Cross-compiling fixture ${name}" VERBATIM)
  list(APPEND FIXTURE_FILES ${fixture})
endforeach()

# A loader as over a vendor's driver layer, for Armv8.1-M: one driver, a file and constants per chip.
set(HAL_STYLE_DIR ${FIXTURE_SOURCE}/hal_style)
file(GLOB HAL_STYLE_FILES CONFIGURE_DEPENDS tests/fixtures/hal_style/*)
function(add_hal_style_fixture part chip)
  set(fixture ${FIXTURE_DIR}/hal_style_${part}.stldr)
  list(TRANSFORM ARGN PREPEND -DHAL_STYLE_ OUTPUT_VARIABLE constants)
  set(sources ${HAL_STYLE_FILES})
  list(FILTER sources INCLUDE REGEX "\\.c$")
  list(FILTER sources EXCLUDE REGEX "/nor_[a-z]+\\.c$")
  add_custom_command(
    OUTPUT ${fixture}
    COMMAND ${LOADER_GCC} -mcpu=cortex-m55 -mthumb -mfloat-abi=soft -std=gnu11 -O2 -ffreestanding
            -fno-builtin -nostdlib -nostartfiles -Wall -Wextra -Werror -I${CMAKE_SOURCE_DIR}
            -DFIXTURE_NAME="hal_style_${part}" ${constants} -T ${HAL_STYLE_DIR}/layout.ld
            -Wl,--build-id=none -Wl,--no-warn-rwx-segments ${sources} ${HAL_STYLE_DIR}/${chip}.c
            -o ${fixture}
    DEPENDS ${HAL_STYLE_FILES} ${CMAKE_SOURCE_DIR}/abi/storage_info.h
    COMMENT "Cross-compiling fixture hal_style_${part}" VERBATIM)
  list(APPEND FIXTURE_FILES ${fixture})
  set(FIXTURE_FILES ${FIXTURE_FILES} PARENT_SCOPE)
endfunction()
add_hal_style_fixture(s25fl064l nor_spi DEVICE_BITS=23)
add_hal_style_fixture(mx25um51245g nor_octal OCTAL DEVICE_BITS=26 ID_TYPE=0x80 ID_SIZE=0x3A)
add_hal_style_fixture(mx66uw1g45g nor_octal OCTAL DEVICE_BITS=27 ID_TYPE=0x81 ID_SIZE=0x3B
                      ASKS_A_MUTE_CHIP)

# CMSIS flash algorithms: position-independent, one file over algorithm.h each.
set(ALGORITHM_DIR ${FIXTURE_SOURCE}/algorithm)
file(GLOB ALGORITHM_SOURCES CONFIGURE_DEPENDS ${ALGORITHM_DIR}/*.c)
foreach(source ${ALGORITHM_SOURCES})
  get_filename_component(name ${source} NAME_WE)
  set(fixture ${FIXTURE_DIR}/${name}.FLM)
  set(script ${ALGORITHM_DIR}/algorithm.ld)
  if(EXISTS ${ALGORITHM_DIR}/${name}.ld)
    set(script ${ALGORITHM_DIR}/${name}.ld)
  endif()
  add_custom_command(
    OUTPUT ${fixture}
    COMMAND ${LOADER_GCC} -mcpu=cortex-m33 -mthumb -mfloat-abi=soft -std=gnu11 -Os -fPIC
            -fvisibility=hidden -ffreestanding -fno-builtin -nostdlib -nostartfiles -Wall -Wextra
            -Werror -I${CMAKE_SOURCE_DIR} -DFIXTURE_NAME="${name}" -T ${script}
            -Wl,--build-id=none -Wl,--no-warn-rwx-segments -Wl,-e,0 ${source} -o ${fixture}
    DEPENDS ${source} ${ALGORITHM_SOURCES} ${ALGORITHM_DIR}/algorithm.h ${script}
            ${FIXTURE_SOURCE}/fixture.h ${CMAKE_SOURCE_DIR}/abi/storage_info.h
    COMMENT "Cross-compiling fixture ${name}" VERBATIM)
  list(APPEND FIXTURE_FILES ${fixture})
endforeach()

# For the checker's decoder and call graph: instructions that only newer cores have, flow that is hard
# to follow.
add_custom_command(
  OUTPUT ${FIXTURE_DIR}/v81m.o
  COMMAND ${LOADER_GCC} -march=armv8.1-m.main+mve.fp+fp.dp -mfloat-abi=hard -c
          ${FIXTURE_SOURCE}/isa/v81m.S -o ${FIXTURE_DIR}/v81m.o
  DEPENDS ${FIXTURE_SOURCE}/isa/v81m.S
  COMMENT "Assembling fixture v81m" VERBATIM)
add_custom_command(
  OUTPUT ${FIXTURE_DIR}/flow.elf
  COMMAND ${LOADER_GCC} -mcpu=cortex-m33 -nostdlib -nostartfiles -Wl,-Ttext=0x34180404,-e,leaf
          -Wl,--build-id=none ${FIXTURE_SOURCE}/isa/flow.S -o ${FIXTURE_DIR}/flow.elf
  DEPENDS ${FIXTURE_SOURCE}/isa/flow.S
  COMMENT "Assembling fixture flow" VERBATIM)
list(APPEND FIXTURE_FILES ${FIXTURE_DIR}/v81m.o ${FIXTURE_DIR}/flow.elf)
add_custom_target(fixtures ALL DEPENDS ${FIXTURE_FILES})

# Loaders for the checker, small without padding to pages, named after the id that they trigger; those in good/ trigger none, those in
# other/ several. The first line of a source may name flags; NAME.ld beside it replaces loader.ld.
set(CHECK_SOURCE ${FIXTURE_SOURCE}/check)
file(MAKE_DIRECTORY ${FIXTURE_DIR}/check/good ${FIXTURE_DIR}/check/other)
file(GLOB CHECK_SOURCES CONFIGURE_DEPENDS tests/fixtures/check/*.c tests/fixtures/check/good/*.c
     tests/fixtures/check/other/*.c)
foreach(source ${CHECK_SOURCES})
  file(RELATIVE_PATH path ${CHECK_SOURCE} ${source})
  string(REGEX REPLACE "\\.c$" "" path ${path})
  get_filename_component(name ${source} NAME_WE)
  set(fixture ${FIXTURE_DIR}/check/${path}.stldr)
  set(script ${CHECK_SOURCE}/${path}.ld)
  if(NOT EXISTS ${script})
    set(script ${CHECK_SOURCE}/loader.ld)
  endif()
  file(STRINGS ${source} flags LIMIT_COUNT 1 REGEX "flags:")
  string(REGEX REPLACE "^/\\* flags: (.*) \\*/$" "\\1" flags "${flags}")
  separate_arguments(flags)
  add_custom_command(
    OUTPUT ${fixture}
    COMMAND ${LOADER_GCC} -mcpu=cortex-m33 -mthumb -mfloat-abi=soft -std=gnu11 -Os -ffreestanding
            -fno-builtin -nostdlib -nostartfiles -Wall -Wextra -Werror -I${CMAKE_SOURCE_DIR}
            -DFIXTURE_NAME="${name}" -T ${script} -Wl,--build-id=none -Wl,--no-warn-rwx-segments
            -Wl,-z,max-page-size=4 ${flags} ${source} -o ${fixture}
    DEPENDS ${source} ${script} ${CHECK_SOURCE}/loader.h ${CMAKE_SOURCE_DIR}/abi/storage_info.h
    COMMENT "Cross-compiling fixture check/${path}" VERBATIM)
  list(APPEND CHECK_FIXTURES ${fixture})
endforeach()

# The same of flash algorithms, in flm/: position-independent, by algorithm.ld; NAME.FLM.
set(FLM_SOURCE ${CHECK_SOURCE}/flm)
file(MAKE_DIRECTORY ${FIXTURE_DIR}/check/flm/good ${FIXTURE_DIR}/check/flm/other)
file(GLOB FLM_SOURCES CONFIGURE_DEPENDS tests/fixtures/check/flm/*.c
     tests/fixtures/check/flm/good/*.c tests/fixtures/check/flm/other/*.c)
foreach(source ${FLM_SOURCES})
  file(RELATIVE_PATH path ${FLM_SOURCE} ${source})
  string(REGEX REPLACE "\\.c$" "" path ${path})
  set(fixture ${FIXTURE_DIR}/check/flm/${path}.FLM)
  set(script ${FLM_SOURCE}/${path}.ld)
  if(NOT EXISTS ${script})
    set(script ${FLM_SOURCE}/algorithm.ld)
  endif()
  file(STRINGS ${source} flags LIMIT_COUNT 1 REGEX "flags:")
  string(REGEX REPLACE "^/\\* flags: (.*) \\*/$" "\\1" flags "${flags}")
  separate_arguments(flags)
  add_custom_command(
    OUTPUT ${fixture}
    COMMAND ${LOADER_GCC} -mcpu=cortex-m33 -mthumb -mfloat-abi=soft -std=gnu11 -Os -ffreestanding
            -fno-builtin -nostdlib -nostartfiles -fPIC -fvisibility=hidden -Wall -Wextra -Werror
            -I${CMAKE_SOURCE_DIR} -T ${script} -Wl,--build-id=none -Wl,--no-warn-rwx-segments
            ${flags} ${source} -o ${fixture}
    DEPENDS ${source} ${script} ${FLM_SOURCE}/algorithm.h ${CMAKE_SOURCE_DIR}/abi/storage_info.h
    COMMENT "Cross-compiling fixture check/flm/${path}" VERBATIM)
  list(APPEND CHECK_FIXTURES ${fixture})
endforeach()
add_custom_target(check_fixtures ALL DEPENDS ${CHECK_FIXTURES})
