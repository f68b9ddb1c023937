/* SPDX-License-Identifier: MIT */
/*
 * Which instructions of one piece of code were executed, wherever in RAM it lies. The environment
 * variable EXTLOAD_LOADER_COVERAGE names a map, which tests/coverage/loader.py makes and reads:
 *
 *   8 bytes      "XLDCOV1\0"
 *   SIZE bytes   the code, linked at 0
 *   SIZE/2 bytes a mark for each of its halfwords: 'i' an instruction begins here, '-' one goes on,
 *                '.' data, which may change
 *
 * Executing an instruction turns its 'i' into 'X'. All processes write into the same pages, and no
 * two different values into one byte, so nothing needs a lock or an end in good order. Without the
 * variable the core runs with another hook, and nothing is spent.
 */
#include "sim/cpu/core.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC      "XLDCOV1"
#define MAGIC_SIZE 8u
#define SIZE_MAX_  0x10000u
#define BLOCK      32u /* bytes of code that are told to be somebody else's at a time */
#define BLOCKS     64u

struct coverage {
    uint8_t *map;
    size_t map_size;
    const uint8_t *code;
    uint8_t *marks;
    uint32_t size; /* of the code */
    bool found;
    uint32_t base;            /* where the code lies in RAM, if found */
    uint32_t foreign[BLOCKS]; /* by block number modulo BLOCKS: a block that is not of the code */
};

static bool refuse(struct error *error, const char *path, const char *why)
{
    return error_set(error, ERROR_FILE_READ, path, 0, 0, "EXTLOAD_LOADER_COVERAGE: %s", why);
}

static bool map_file(struct coverage *coverage, const char *path, struct error *error)
{
    int file = open(path, O_RDWR | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) {
        if (file >= 0) {
            close(file);
        }
        return refuse(error, path, "cannot be opened for writing");
    }
    size_t size = (size_t)status.st_size;
    void *map = MAP_FAILED;
    if (size > MAGIC_SIZE && size <= SIZE_MAX_ && (size - MAGIC_SIZE) % 3 == 0) {
        map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    }
    close(file);
    if (map == MAP_FAILED) {
        return refuse(error, path, "is no coverage map");
    }
    coverage->map = map;
    coverage->map_size = size;
    if (memcmp(map, MAGIC, MAGIC_SIZE) != 0) {
        return refuse(error, path, "is no coverage map");
    }
    coverage->size = (uint32_t)((size - MAGIC_SIZE) / 3 * 2);
    coverage->code = coverage->map + MAGIC_SIZE;
    coverage->marks = coverage->map + MAGIC_SIZE + coverage->size;
    return true;
}

bool coverage_create(struct cpu *cpu, struct error *error)
{
    const char *path = getenv("EXTLOAD_LOADER_COVERAGE");
    if (path == NULL || path[0] == '\0') {
        return true;
    }
    cpu->coverage = calloc(1, sizeof *cpu->coverage);
    if (cpu->coverage == NULL) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "coverage of the CPU");
    }
    coverage_restart(cpu);
    return map_file(cpu->coverage, path, error);
}

void coverage_destroy(struct cpu *cpu)
{
    if (cpu->coverage != NULL && cpu->coverage->map != NULL) {
        munmap(cpu->coverage->map, cpu->coverage->map_size);
    }
    free(cpu->coverage);
}

static bool lies_at(struct cpu *cpu, uint32_t base)
{
    const struct coverage *coverage = cpu->coverage;
    const struct ram_region *r = ram_at(cpu, base, coverage->size);
    if (r == NULL) {
        return false;
    }
    const uint8_t *bytes = r->bytes + (base - r->base);
    for (uint32_t at = 0; at < coverage->size; at += 2) {
        if (coverage->marks[at / 2] != '.' && memcmp(bytes + at, coverage->code + at, 2) != 0) {
            return false;
        }
    }
    return true;
}

/* The code runs at any address that is a multiple of 4. */
static bool find(struct cpu *cpu, uint32_t pc)
{
    struct coverage *coverage = cpu->coverage;
    uint16_t halfword;
    if (!code_halfword(cpu, pc, &halfword)) {
        return false;
    }
    for (uint32_t at = pc % 4; at < coverage->size && at <= pc; at += 4) {
        if (memcmp(coverage->code + at, &halfword, 2) == 0 && lies_at(cpu, pc - at)) {
            coverage->found = true;
            coverage->base = pc - at;
            return true;
        }
    }
    return false;
}

void coverage_note(struct cpu *cpu, uint32_t pc)
{
    struct coverage *coverage = cpu->coverage;
    if (!coverage->found || pc - coverage->base >= coverage->size) {
        uint32_t block = pc / BLOCK;
        if (coverage->foreign[block % BLOCKS] == block) {
            return;
        }
        if (!find(cpu, pc)) {
            coverage->foreign[block % BLOCKS] = block;
            return;
        }
    }
    uint8_t *mark = &coverage->marks[(pc - coverage->base) / 2];
    if (*mark == 'i') {
        *mark = 'X';
    }
}

void coverage_restart(struct cpu *cpu)
{
    struct coverage *coverage = cpu->coverage;
    coverage->found = coverage->found && lies_at(cpu, coverage->base);
    memset(coverage->foreign, 0xFF, sizeof coverage->foreign);
}
