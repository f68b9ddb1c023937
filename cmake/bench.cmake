# What `make bench` runs: the measurement, the floor, and the loader that it calls plain.
file(GLOB BENCH_SOURCES CONFIGURE_DEPENDS bench/*.c)
set(FLOOR_SOURCES ${CMAKE_SOURCE_DIR}/bench/floor/floor.c ${CMAKE_SOURCE_DIR}/bench/floor/unchanged.c)
add_executable(bench_program ${BENCH_SOURCES} ${FLOOR_SOURCES})
target_link_libraries(bench_program PRIVATE extload_core)
add_executable(floor bench/floor/main.c ${FLOOR_SOURCES})
target_link_libraries(floor PRIVATE extload_core)

# tests/fixtures/bytewise, a loader as most are: without optimisation, byte by byte.
set(FIXTURE_DIR ${CMAKE_BINARY_DIR}/fixtures)
set(FIXTURE_SOURCE ${CMAKE_SOURCE_DIR}/tests/fixtures)
file(MAKE_DIRECTORY ${FIXTURE_DIR})
function(add_bytewise_fixture part)
  set(source ${FIXTURE_SOURCE}/bytewise/bytewise.c)
  set(fixture ${FIXTURE_DIR}/bytewise_${part}.stldr)
  add_custom_command(
    OUTPUT ${fixture}
    COMMAND ${LOADER_GCC} -mcpu=cortex-m33 -mthumb -mfloat-abi=soft -std=gnu11 -O0 -ffreestanding
            -fno-builtin -nostdlib -nostartfiles -Wall -Wextra -Werror -I${CMAKE_SOURCE_DIR}
            -I${FIXTURE_SOURCE} -DFIXTURE_NAME="bytewise_${part}" ${ARGN}
            -T ${FIXTURE_SOURCE}/fixture.ld -Wl,--build-id=none -Wl,--no-warn-rwx-segments ${source}
            -o ${fixture}
    DEPENDS ${source} ${FIXTURE_SOURCE}/fixture.h ${FIXTURE_SOURCE}/fixture.ld
            ${CMAKE_SOURCE_DIR}/abi/storage_info.h
    COMMENT "Cross-compiling fixture bytewise_${part}" VERBATIM)
  set(BYTEWISE_FILES ${BYTEWISE_FILES} ${fixture} PARENT_SCOPE)
endfunction()
if(LOADER_GCC_PATH)
  add_bytewise_fixture(s25fl064l)
  add_bytewise_fixture(mx66uw1g45g -DBYTEWISE_4BYTE)
  add_custom_target(bytewise ALL DEPENDS ${BYTEWISE_FILES})
  add_dependencies(bench_program bytewise)
endif()

# Read by scripts/host_cost.sh.
add_executable(bench_parse bench/host/parse.c)
target_link_libraries(bench_parse PRIVATE extload_core)
