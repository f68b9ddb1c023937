# Man pages and completions, written by a small program that is linked with the command table.
set(MANUAL_DIR ${CMAKE_BINARY_DIR}/manual)
file(MAKE_DIRECTORY ${MANUAL_DIR}/man1 ${MANUAL_DIR}/bash ${MANUAL_DIR}/zsh)
add_executable(make_manual src/manual/make_manual.c)
target_link_libraries(make_manual PRIVATE extload_core)
add_custom_command(
  OUTPUT ${MANUAL_DIR}/bash/extload
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${MANUAL_DIR}/man1
  COMMAND ${CMAKE_COMMAND} -E make_directory ${MANUAL_DIR}/man1
  COMMAND make_manual ${MANUAL_DIR}
  DEPENDS make_manual
  COMMENT "Writing man pages and completions" VERBATIM)
add_custom_target(manual ALL DEPENDS ${MANUAL_DIR}/bash/extload)
