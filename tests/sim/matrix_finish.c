/* SPDX-License-Identifier: MIT */
/* The end of a run of the state matrix: counts, and what it used of the stack. */
#include "sim/matrix_run.h"

#include "pack/pack.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define FAULT_FRAME 32u

const char *const matrix_hosts[2] = {"cubeprogrammer-jlink", "cubeprogrammer-stlink"};

static uint32_t deepest; /* of all runs, in bytes of stack */

void matrix_finish(struct matrix *matrix, const char *what)
{
    print_message("%s, %s: %u cells, %u succeeded, %u refused, %u broken promises\n", what,
                  matrix->host, matrix->cells, matrix->succeeded, matrix->refused, matrix->broken);
    for (unsigned i = 0; i < LOADER_FUNCTION_COUNT; i++) {
        if (matrix->longest_ps[i] != 0) {
            print_message("    %s at most %.1f ms\n", loader_function_name((enum loader_function)i),
                          (double)matrix->longest_ps[i] / (double)PS_PER_MS);
        }
    }
    deepest = matrix->deepest > deepest ? matrix->deepest : deepest;
    unsigned broken = matrix->broken;
    matrix_close(matrix);
    assert_int_equal(broken, 0);
}

/* Below the deepest call that was seen there is room for the frame of a fault, without which an
 * Armv7-M core, which has no stack limit, would write it over the loader's own data. */
void matrix_stack_has_room_for_a_fault(void **state)
{
    (void)state;
    const struct loader_image *image = pack_loader_image();
    print_message("stack: %u bytes, %u used at most\n", image->stack_size, deepest);
    /* At run time the bottom is aligned to 32, the top to 8, on an image that is aligned to 4. */
    assert_true(deepest + FAULT_FRAME + 32 <= image->stack_size);
}
