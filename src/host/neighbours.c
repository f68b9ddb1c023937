/* SPDX-License-Identifier: MIT */
#include "host/neighbours.h"

#include "host/digest.h"
#include "host/operation.h"

#include <stdlib.h>
#include <string.h>

#define TRIES 3 /* [choice] */

static bool digest_agrees(struct session *session, uint32_t address, const uint8_t *content,
                          uint32_t size, bool *alike, struct error *error)
{
    const struct digest_range range = {address, size};
    struct digest held;
    if (!digest_ask(session, NULL, &range, 1, &held, error)) {
        return false;
    }
    const uint32_t offset = address - session->loader->info.device_start_address;
    *alike = digest_equal(held, digest_of(offset, content, size));
    return true;
}

static bool reading_agrees(struct session *session, uint32_t address, const uint8_t *content,
                           uint32_t size, bool *alike, struct error *error)
{
    uint8_t *again = malloc(size);
    const bool good = again != NULL
                          ? operation_read(session, NULL, address, again, size, error)
                          : error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%u bytes", size);
    *alike = good && memcmp(content, again, size) == 0;
    free(again);
    return good;
}

bool neighbours_read(struct session *session, uint32_t address, uint8_t *content, uint32_t size,
                     bool digests, struct error *error)
{
    for (unsigned i = 0; i < TRIES; i++) {
        bool alike = false;
        if (session_cancelled(session, error) ||
            !operation_read(session, NULL, address, content, size, error) ||
            !(digests ? digest_agrees : reading_agrees)(session, address, content, size, &alike,
                                                        error)) {
            return false;
        }
        if (alike) {
            return true;
        }
    }
    return error_set(error, ERROR_UNSTEADY, NULL, 0, 0,
                     "0x%08x+0x%x, of which a part is to be kept, differs with every reading",
                     address, size);
}
