/* SPDX-License-Identifier: MIT */
/* Feeds every file of the folders that are given to one harness. */
#include "fuzz/fuzz.h"

#include <dirent.h>

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        return NULL;
    }
    long length = ftell(file);
    uint8_t *bytes = length >= 0 ? malloc((size_t)length + 1) : NULL;
    rewind(file);
    *size = bytes != NULL ? fread(bytes, 1, (size_t)length, file) : 0;
    fclose(file);
    return bytes;
}

static unsigned replay(const char *folder)
{
    unsigned count = 0;
    DIR *directory = opendir(folder);
    if (directory == NULL) {
        return 0;
    }
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char path[1024];
        size_t size;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        uint8_t *bytes = entry->d_type == DT_REG ? read_file(path, &size) : NULL;
        if (bytes != NULL) {
            printf("%s\n", path);
            fflush(stdout);
            LLVMFuzzerTestOneInput(bytes, size);
            count++;
        }
        free(bytes);
    }
    closedir(directory);
    return count;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (replay(argv[i]) == 0) {
            fprintf(stderr, "%s: no files\n", argv[i]);
            return 1;
        }
    }
    return 0;
}
