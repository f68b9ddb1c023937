/* SPDX-License-Identifier: MIT */
/*
 * One YAML file as a tree of nodes that keep their position.
 *
 * libyaml's document API is used because it keeps a mark on every node and keeps duplicate keys,
 * which a checker must see. A file is one document.
 */
#ifndef EXTLOAD_BOARD_YAML_FILE_H
#define EXTLOAD_BOARD_YAML_FILE_H

#include "report/error.h"

#include <yaml.h>

/* Files above this size are refused: no board, MCU or part file comes near it. */
#define YAML_FILE_SIZE_MAX (1u << 20)

struct yaml_file {
    char path[256];
    yaml_document_t document;
    bool loaded; /* the document is to be released */
};

/* Reads `path`. On success the caller releases the file; on failure nothing is left behind.
 * FILE_READ for what cannot be read, YAML_SYNTAX with the position for what is no YAML. */
bool yaml_file_load(struct yaml_file *file, const char *path, struct error *error);
/* The same from memory; `path` is for messages. */
bool yaml_file_parse(struct yaml_file *file, const char *path, const unsigned char *bytes,
                     size_t size, struct error *error);
/* Harmless on a zeroed or released file. */
void yaml_file_release(struct yaml_file *file);

yaml_node_t *yaml_file_root(struct yaml_file *file);

/* Items of a sequence; `index` from 0, NULL past the end. */
yaml_node_t *yaml_list_item(struct yaml_file *file, const yaml_node_t *list, unsigned index);
/* Pairs of a mapping; returns false past the end. */
bool yaml_mapping_pair(struct yaml_file *file, const yaml_node_t *mapping, unsigned index,
                       yaml_node_t **key, yaml_node_t **value);
/* Text of a scalar, or NULL for other nodes and for text with a NUL inside. */
const char *yaml_text(const yaml_node_t *node);

/* The column, from 1, of the character `offset` of a scalar's text. */
int yaml_text_column(const yaml_node_t *node, size_t offset);

/* error_set() at the place of a node. Returns false. */
bool yaml_error(const struct yaml_file *file, const yaml_node_t *node, enum error_code code,
                struct error *error, const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
