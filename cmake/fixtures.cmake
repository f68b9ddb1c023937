# Good and bad loaders in source, each one file over tests/fixtures/fixture.h, linked as a .stldr.
set(FIXTURE_DIR ${CMAKE_BINARY_DIR}/fixtures)
set(FIXTURE_SOURCE ${CMAKE_SOURCE_DIR}/tests/fixtures)
file(MAKE_DIRECTORY ${FIXTURE_DIR})
file(GLOB FIXTURE_SOURCES CONFIGURE_DEPENDS tests/fixtures/*.c)
set(FIXTURE_FILES)
foreach(source ${FIXTURE_SOURCES})
  get_filename_component(name ${source} NAME_WE)
  set(fixture ${FIXTURE_DIR}/${name}.stldr)
  add_custom_command(
    OUTPUT ${fixture}
    COMMAND ${LOADER_GCC} -mcpu=cortex-m33 -mthumb -mfloat-abi=soft -std=gnu11 -Os -ffreestanding
            -fno-builtin -nostdlib -nostartfiles -Wall -Wextra -Werror -I${CMAKE_SOURCE_DIR}
            -DFIXTURE_NAME="${name}" -T ${FIXTURE_SOURCE}/fixture.ld -Wl,--build-id=none
            -Wl,--no-warn-rwx-segments ${source} -o ${fixture}
    DEPENDS ${source} ${FIXTURE_SOURCE}/fixture.h ${FIXTURE_SOURCE}/fixture.ld
            ${CMAKE_SOURCE_DIR}/abi/storage_info.h
    COMMENT "Cross-compiling fixture ${name}" VERBATIM)
  list(APPEND FIXTURE_FILES ${fixture})
endforeach()
add_custom_target(fixtures ALL DEPENDS ${FIXTURE_FILES})
