/* SPDX-License-Identifier: MIT */
#include "target/nor_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define ERASED       0xFF
#define STRETCH_SIZE ((size_t)2 << 20) /* chips are powers of two */

static bool fill_erased(int file, size_t size)
{
    if (ftruncate(file, (off_t)size) != 0) {
        return false;
    }
    void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (bytes == MAP_FAILED) {
        return false;
    }
    memset(bytes, ERASED, size);
    munmap(bytes, size);
    return true;
}

/* One erased stretch, mapped over the whole chip again and again: what is written becomes memory of
 * its own, the rest takes neither time nor memory. */
static bool map_erased(uint8_t *bytes, size_t size)
{
    size_t stretch = size < STRETCH_SIZE ? size : STRETCH_SIZE;
    int erased = memfd_create("erased", MFD_CLOEXEC);
    bool ok = erased >= 0 && fill_erased(erased, stretch);
    for (size_t at = 0; ok && at < size; at += stretch) {
        ok = mmap(bytes + at, stretch, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, erased,
                  0) != MAP_FAILED;
    }
    if (erased >= 0) {
        close(erased);
    }
    return ok;
}

static bool open_blank(struct nor_file *file, size_t size, struct error *error)
{
    void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED) {
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%zu bytes of flash", size);
    }
    if (!map_erased(bytes, size)) {
        munmap(bytes, size);
        return error_set(error, ERROR_NO_MEMORY, NULL, 0, 0, "%zu bytes of flash", size);
    }
    *file = (struct nor_file){.bytes = bytes, .size = size, .descriptor = -1};
    return true;
}

static bool check_and_map(struct nor_file *file, const char *path, size_t size, struct error *error)
{
    struct stat status;
    if (flock(file->descriptor, LOCK_EX | LOCK_NB) != 0) {
        return error_set(error, ERROR_FILE_BUSY, path, 0, 0, "%s", strerror(errno));
    }
    if (fstat(file->descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        return error_set(error, ERROR_FILE_READ, path, 0, 0, "not a regular file");
    }
    bool fresh = status.st_size == 0;
    if (!fresh && (size_t)status.st_size != size) {
        return error_set(error, ERROR_FILE_SIZE, path, 0, 0, "%lld bytes, the flash part has %zu",
                         (long long)status.st_size, size);
    }
    if (fresh && ftruncate(file->descriptor, (off_t)size) != 0) {
        return error_set(error, ERROR_FILE_WRITE, path, 0, 0, "%s", strerror(errno));
    }
    void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file->descriptor, 0);
    if (bytes == MAP_FAILED) {
        return error_set(error, ERROR_FILE_READ, path, 0, 0, "%s", strerror(errno));
    }
    file->bytes = bytes;
    file->size = size;
    if (fresh) {
        memset(bytes, ERASED, size);
    }
    return true;
}

bool nor_file_open(struct nor_file *file, const char *path, size_t size, struct error *error)
{
    if (path == NULL) {
        return open_blank(file, size, error);
    }
    *file = (struct nor_file){.descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666)};
    if (file->descriptor < 0) {
        return error_set(error, ERROR_FILE_WRITE, path, 0, 0, "%s", strerror(errno));
    }
    if (!check_and_map(file, path, size, error)) {
        close(file->descriptor);
        *file = (struct nor_file){.descriptor = -1};
        return false;
    }
    return true;
}

void nor_file_close(struct nor_file *file)
{
    if (file->bytes != NULL) {
        munmap(file->bytes, file->size);
    }
    if (file->descriptor >= 0) {
        close(file->descriptor);
    }
    *file = (struct nor_file){.descriptor = -1};
}
