# Writes OUT, a C source, with the commit that the tree SOURCE is: asked of git in a clone, read from
# commit.txt in an archive, where git has filled it in. Every build runs this, for HEAD moves.
set(commit "")
if(EXISTS ${SOURCE}/.git)
  # Root may install what a user has cloned and built.
  set(git git -c safe.directory=${SOURCE} --no-optional-locks -C ${SOURCE})
  execute_process(COMMAND ${git} rev-parse --verify HEAD
                  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  execute_process(COMMAND ${git} status --porcelain --untracked-files=no
                  OUTPUT_VARIABLE changed ERROR_QUIET)
  # What is new in a folder that is built counts, too.
  execute_process(COMMAND ${git} ls-files --others --exclude-standard -- abi data loader src
                  OUTPUT_VARIABLE added ERROR_QUIET)
else()
  file(STRINGS ${SOURCE}/cmake/commit.txt commit LIMIT_COUNT 1)
endif()

if(NOT commit MATCHES "^[0-9a-f]+$")
  set(commit "commit unknown")
else()
  string(SUBSTRING ${commit} 0 7 commit)
  if(NOT "${changed}${added}" STREQUAL "")
    string(APPEND commit ", modified")
  endif()
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT [[
/* Made by cmake/commit.cmake. */
#include "cli/version.h"

const char version_commit[] = "@commit@";
]] @ONLY)
