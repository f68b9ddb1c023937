/* SPDX-License-Identifier: MIT */
#include "board/yaml_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM (16u * 1024u) /* more than most files need */

/* Line and column, from 1, of a byte. */
static void locate(const unsigned char *bytes, size_t offset, int *line, int *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < offset; i++) {
        if (bytes[i] == '\n') {
            *line += 1;
            *column = 1;
        } else if ((bytes[i] & 0xC0) != 0x80) {
            *column += 1;
        }
    }
}

static bool parser_error(yaml_parser_t *parser, const char *path, const unsigned char *bytes,
                         size_t size, struct error *error)
{
    const char *problem = parser->problem != NULL ? parser->problem : "cannot be parsed";
    if (parser->error == YAML_MEMORY_ERROR) {
        return error_set(error, ERROR_NO_MEMORY, path, 0, 0, "reading the file");
    }
    if (parser->error == YAML_READER_ERROR) {
        int line = 1;
        int column = 1;
        size_t offset = parser->problem_offset < size ? parser->problem_offset : size;
        locate(bytes, offset, &line, &column);
        error_set(error, ERROR_YAML_SYNTAX, path, line, column, "not text: %s", problem);
        return error_hint(error, "give a YAML text file in UTF-8");
    }
    return error_set(error, ERROR_YAML_SYNTAX, path, (int)parser->problem_mark.line + 1,
                     (int)parser->problem_mark.column + 1, "%s%s%s",
                     parser->context != NULL ? parser->context : "",
                     parser->context != NULL ? ": " : "", problem);
}

/* Refuses what follows the first document. */
static bool check_end(yaml_parser_t *parser, const char *path, const unsigned char *bytes,
                      size_t size, struct error *error)
{
    yaml_document_t next;
    if (!yaml_parser_load(parser, &next)) {
        return parser_error(parser, path, bytes, size, error);
    }
    const yaml_node_t *root = yaml_document_get_root_node(&next);
    bool more = root != NULL;
    if (more) {
        error_set(error, ERROR_YAML_SYNTAX, path, (int)root->start_mark.line + 1,
                  (int)root->start_mark.column + 1, "a second document in the file");
        error_hint(error, "keep one document and remove the `---` line");
    }
    yaml_document_delete(&next);
    return !more;
}

bool yaml_file_parse(struct yaml_file *file, const char *path, const unsigned char *bytes,
                     size_t size, struct error *error)
{
    *file = (struct yaml_file){.loaded = false};
    snprintf(file->path, sizeof file->path, "%s", path);
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        return error_set(error, ERROR_NO_MEMORY, path, 0, 0, "reading the file");
    }
    yaml_parser_set_input_string(&parser, bytes, size);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    bool ok = yaml_parser_load(&parser, &file->document);
    if (!ok) {
        parser_error(&parser, path, bytes, size, error);
    } else {
        file->loaded = true;
        if (yaml_document_get_root_node(&file->document) == NULL) {
            ok = error_set(error, ERROR_YAML_SYNTAX, path, 1, 1, "the file is empty");
            error_hint(error, "start from one of the files that `extload list boards` names");
        } else {
            ok = check_end(&parser, path, bytes, size, error);
        }
    }
    yaml_parser_delete(&parser);
    if (!ok) {
        yaml_file_release(file);
    }
    return ok;
}

/* All of a stream, at most one byte more than is allowed; NULL: *error says why. */
static unsigned char *read_stream(FILE *stream, const char *path, size_t *size, struct error *error)
{
    unsigned char *bytes = NULL;
    size_t room = FIRST_ROOM;
    *size = 0;
    for (;;) {
        unsigned char *grown = realloc(bytes, room);
        if (grown == NULL) {
            free(bytes);
            error_set(error, ERROR_NO_MEMORY, path, 0, 0, "reading the file");
            return NULL;
        }
        bytes = grown;
        errno = 0;
        *size += fread(bytes + *size, 1, room - *size, stream);
        if (ferror(stream) != 0) {
            int reason = errno != 0 ? errno : EIO;
            free(bytes);
            error_set(error, ERROR_FILE_READ, path, 0, 0, "%s", strerror(reason));
            return NULL;
        }
        if (*size < room || room > YAML_FILE_SIZE_MAX) {
            return bytes;
        }
        room = 2 * room > YAML_FILE_SIZE_MAX ? YAML_FILE_SIZE_MAX + 1u : 2 * room;
    }
}

bool yaml_file_load(struct yaml_file *file, const char *path, struct error *error)
{
    *file = (struct yaml_file){.loaded = false};
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        return error_set(error, ERROR_FILE_READ, path, 0, 0, "%s", strerror(errno));
    }
    size_t size;
    unsigned char *bytes = read_stream(stream, path, &size, error);
    fclose(stream);
    bool ok = false;
    if (bytes != NULL && size > YAML_FILE_SIZE_MAX) {
        error_set(error, ERROR_FILE_READ, path, 0, 0, "larger than 1 MiB");
        error_hint(error, "a board file is a page of YAML; was another file meant?");
    } else if (bytes != NULL) {
        ok = yaml_file_parse(file, path, bytes, size, error);
    }
    free(bytes);
    return ok;
}

void yaml_file_release(struct yaml_file *file)
{
    if (file->loaded) {
        yaml_document_delete(&file->document);
        file->loaded = false;
    }
}

yaml_node_t *yaml_file_root(struct yaml_file *file)
{
    return yaml_document_get_root_node(&file->document);
}

yaml_node_t *yaml_list_item(struct yaml_file *file, const yaml_node_t *list, unsigned index)
{
    if (list == NULL || list->type != YAML_SEQUENCE_NODE) {
        return NULL;
    }
    const yaml_node_item_t *first = list->data.sequence.items.start;
    if (index >= (size_t)(list->data.sequence.items.top - first)) {
        return NULL;
    }
    return yaml_document_get_node(&file->document, first[index]);
}

bool yaml_mapping_pair(struct yaml_file *file, const yaml_node_t *mapping, unsigned index,
                       yaml_node_t **key, yaml_node_t **value)
{
    if (mapping == NULL || mapping->type != YAML_MAPPING_NODE) {
        return false;
    }
    const yaml_node_pair_t *first = mapping->data.mapping.pairs.start;
    if (index >= (size_t)(mapping->data.mapping.pairs.top - first)) {
        return false;
    }
    *key = yaml_document_get_node(&file->document, first[index].key);
    *value = yaml_document_get_node(&file->document, first[index].value);
    return true;
}

const char *yaml_text(const yaml_node_t *node)
{
    if (node == NULL || node->type != YAML_SCALAR_NODE) {
        return NULL;
    }
    const char *text = (const char *)node->data.scalar.value;
    return strlen(text) == node->data.scalar.length ? text : NULL;
}

int yaml_text_column(const yaml_node_t *node, size_t offset)
{
    int column = (int)node->start_mark.column + 1;
    if (node->start_mark.line != node->end_mark.line) {
        return column;
    }
    int quote = node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? 0 : 1;
    return column + quote + (int)offset;
}

bool yaml_error(const struct yaml_file *file, const yaml_node_t *node, enum error_code code,
                struct error *error, const char *format, ...)
{
    char detail[sizeof error->detail];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    return error_set(error, code, file->path, (int)node->start_mark.line + 1,
                     (int)node->start_mark.column + 1, "%s", detail);
}
