# The example firmware that `make demo` programs: execute-in-place from the flash window, with an asset
# that a small host program makes.
set(EXAMPLE_DIR ${CMAKE_BINARY_DIR}/example)
file(MAKE_DIRECTORY ${EXAMPLE_DIR})
set(EXAMPLE_SOURCE ${CMAKE_SOURCE_DIR}/examples/xip-blink)

add_executable(make_asset examples/xip-blink/make_asset.c)
target_link_libraries(make_asset PRIVATE m)
add_custom_command(
  OUTPUT ${EXAMPLE_DIR}/asset.bin
  COMMAND make_asset ${EXAMPLE_DIR}/asset.bin
  DEPENDS make_asset VERBATIM)

add_custom_command(
  OUTPUT ${EXAMPLE_DIR}/xip-blink.elf ${EXAMPLE_DIR}/xip-blink.hex
  COMMAND ${LOADER_GCC} -mcpu=cortex-m33 -mthumb -std=c11 -Os -ffreestanding -nostdlib -nostartfiles
          -Wall -Wextra -Werror -I${EXAMPLE_SOURCE} -Wa,-I${EXAMPLE_DIR} -Wl,--build-id=none
          -Wl,--no-warn-rwx-segments -T ${EXAMPLE_SOURCE}/link.ld ${EXAMPLE_SOURCE}/start.S
          ${EXAMPLE_SOURCE}/main.c -o ${EXAMPLE_DIR}/xip-blink.elf
  COMMAND arm-none-eabi-objcopy -O ihex ${EXAMPLE_DIR}/xip-blink.elf ${EXAMPLE_DIR}/xip-blink.hex
  DEPENDS ${EXAMPLE_DIR}/asset.bin ${EXAMPLE_SOURCE}/start.S ${EXAMPLE_SOURCE}/main.c
          ${EXAMPLE_SOURCE}/asset.h ${EXAMPLE_SOURCE}/link.ld
  VERBATIM)
add_custom_target(example ALL DEPENDS ${EXAMPLE_DIR}/xip-blink.elf)
