# Every tests/unit/test_*.c and tests/sim/test_*.c is a cmocka program; every tests/cli/*.bats a suite.
pkg_check_modules(CMOCKA REQUIRED cmocka)

file(GLOB TEST_SOURCES CONFIGURE_DEPENDS tests/unit/test_*.c tests/sim/test_*.c)
file(GLOB SCENARIO_SOURCES CONFIGURE_DEPENDS tests/sim/*.c)
list(FILTER SCENARIO_SOURCES EXCLUDE REGEX "/test_[^/]*\\.c$")
add_library(scenario STATIC ${SCENARIO_SOURCES})
target_link_libraries(scenario PUBLIC extload_core ${CMOCKA_LIBRARIES})

include(cmake/fixtures.cmake)
add_dependencies(scenario fixtures check_fixtures bytewise)
target_compile_definitions(scenario PUBLIC EXTLOAD_FIXTURES="${FIXTURE_DIR}")

foreach(source ${TEST_SOURCES})
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE scenario)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endforeach()
target_sources(test_floor PRIVATE ${FLOOR_SOURCES})
target_sources(test_update PRIVATE ${FLOOR_SOURCES})
target_sources(test_bench_cells PRIVATE bench/cell.c bench/cells.c bench/contents.c bench/limits.c)
target_include_directories(scenario PUBLIC ${CMAKE_SOURCE_DIR}/tests)
include(cmake/kinds.cmake)
target_sources(test_kinds PRIVATE ${MUTANT_SOURCES})

# Files of other tools' formats, taken apart by a reader of its own and run from there.
add_executable(drive_blob tests/formats/drive_blob.c)
target_link_libraries(drive_blob PRIVATE extload_core)
# Debian's own, which has what scripts/packages.sh installs; another one in front of it may not.
find_program(DEBIAN_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(DEBIAN_PYTHON python3 REQUIRED)
add_test(NAME formats
         COMMAND ${DEBIAN_PYTHON} tests/formats/run.py $<TARGET_FILE:extload> $<TARGET_FILE:drive_blob>
         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})

include(cmake/fuzz.cmake)
