/* SPDX-License-Identifier: MIT */
#include "host/neighbours.h"

#include "host/digest.h"
#include "host/operation.h"

#include <stdlib.h>
#include <string.h>

/* Of each sector that was read. */
struct look {
    struct digest_range *ranges;
    struct digest *read; /* digest of what arrived */
    struct digest *held; /* and the loader's */
    unsigned count;
};

static bool refuse(uint32_t address, uint32_t size, struct error *error)
{
    return error_set(error, ERROR_UNSTEADY, NULL, 0, 0,
                     "0x%08x+0x%x was read twice, to be kept, and not alike", address, size);
}

static bool open_look(struct look *look, unsigned count, struct error *error)
{
    *look = (struct look){calloc(count + 1u, sizeof *look->ranges),
                          calloc(count + 1u, sizeof *look->read),
                          calloc(count + 1u, sizeof *look->held), 0};
    return (look->ranges != NULL && look->read != NULL && look->held != NULL) ||
           error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "a list of %u sectors", count);
}

static void close_look(struct look *look)
{
    free(look->ranges);
    free(look->read);
    free(look->held);
}

static bool keep(struct session *session, const struct plan_sector *sector, struct wanted *wanted,
                 struct look *look, struct error *error)
{
    const uint32_t address = sector->address, size = sector->size;
    uint8_t *content = malloc(size);
    if (content == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%u bytes", size);
    }
    const bool good = operation_read(session, NULL, address, content, size, error) &&
                      wanted_keep(wanted, address, size, content, error);
    if (good) {
        look->ranges[look->count] = (struct digest_range){address, size};
        look->read[look->count++] = digest_of(address - wanted->base, content, size);
    }
    free(content);
    return good;
}

static bool confirm(struct session *session, const struct look *look, struct error *error)
{
    if (!digest_ask(session, NULL, look->ranges, look->count, look->held, error)) {
        return false;
    }
    for (unsigned i = 0; i < look->count; i++) {
        if (!digest_equal(look->held[i], look->read[i])) {
            return refuse(look->ranges[i].address, look->ranges[i].size, error);
        }
    }
    return true;
}

bool neighbours_keep(struct session *session, const struct plan *plan, struct wanted *wanted,
                     struct error *error)
{
    struct look look;
    bool good = open_look(&look, plan->count, error);
    for (unsigned i = 0; good && i < plan->count; i++) {
        if (plan->sectors[i].covered < plan->sectors[i].size) {
            good = !session_cancelled(session, error) &&
                   keep(session, &plan->sectors[i], wanted, &look, error);
        }
    }
    good = good && confirm(session, &look, error);
    close_look(&look);
    return good;
}

bool neighbours_confirm(struct session *session, uint32_t address, const uint8_t *content,
                        uint32_t size, struct error *error)
{
    uint8_t *again = malloc(size);
    bool good = again != NULL ? operation_read(session, NULL, address, again, size, error)
                              : error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%u bytes", size);
    good = good && (memcmp(content, again, size) == 0 || refuse(address, size, error));
    free(again);
    return good;
}
