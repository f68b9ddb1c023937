# Where the loader image comes from. In a clone it is cross-compiled. A release archive carries it, made
# from the sources beside it, so that no cross-compiler is needed; only the tests make it anew.
set(LOADER_GCC arm-none-eabi-gcc CACHE STRING "cross-compiler for the loader image")
find_program(LOADER_GCC_PATH ${LOADER_GCC})
mark_as_advanced(LOADER_GCC_PATH)

# What the image depends on, as one sum over names and contents.
file(GLOB_RECURSE IMAGE_FILES CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}
     loader/*.c loader/*.h loader/*.S loader/*.ld abi/*.h)
list(APPEND IMAGE_FILES cmake/loader.cmake cmake/embed_loader.c src/pack/pack.h)
list(SORT IMAGE_FILES)
set(IMAGE_SUMS)
foreach(name ${IMAGE_FILES})
  file(SHA256 ${CMAKE_SOURCE_DIR}/${name} sum)
  string(APPEND IMAGE_SUMS "${sum} ${name}\n")
endforeach()
string(SHA256 IMAGE_SUM "${IMAGE_SUMS}")
file(WRITE ${CMAKE_BINARY_DIR}/loader_image.sum "${IMAGE_SUM}\n")

set(CARRIED ${CMAKE_SOURCE_DIR}/carried)
if(EXISTS ${CARRIED} AND NOT EXTLOAD_TESTS)
  list(TRANSFORM IMAGE_FILES PREPEND ${CMAKE_SOURCE_DIR}/ OUTPUT_VARIABLE paths)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${paths} ${CARRIED}/loader_image.sum)
  file(STRINGS ${CARRIED}/loader_image.sum carried_sum)
  if(NOT carried_sum STREQUAL IMAGE_SUM)
    message(FATAL_ERROR "carried/loader_image.c was made from other sources than those in loader/ and abi/.\n"
                        "  try: remove the folder carried, and have ${LOADER_GCC} make the image anew")
  endif()
  set(LOADER_IMAGE_SOURCE ${CARRIED}/loader_image.c)
elseif(NOT LOADER_GCC_PATH)
  message(FATAL_ERROR "no ${LOADER_GCC}, which makes the loader image.\n"
                      "  try: apt-get install gcc-arm-none-eabi, or a release archive, which carries the image")
else()
  include(cmake/loader.cmake)
endif()
