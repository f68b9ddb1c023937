/* SPDX-License-Identifier: MIT */
/*
 * What keys a mapping may have, as a table: one row per key. Reading a file and documenting it both
 * come from the table.
 */
#ifndef EXTLOAD_BOARD_SCHEMA_H
#define EXTLOAD_BOARD_SCHEMA_H

#include "board/quantity.h"
#include "board/yaml_file.h"

/* A value that was read, with its place. Lives as long as its file. */
struct schema_value {
    yaml_node_t *node; /* NULL = the key was not given */
    const char *text;  /* of scalars */
    uint64_t number;   /* of quantities; of choices and flags the index of the choice */
};

enum schema_type {
    SCHEMA_TEXT,     /* printable ASCII; minimum and maximum are its length */
    SCHEMA_QUANTITY, /* minimum and maximum in the base unit */
    SCHEMA_CHOICE,   /* one of `choices` */
    SCHEMA_LIST,     /* a sequence, left to the reader; minimum and maximum count its items, `keys`
                      * are those of an item, NULL if it is no mapping */
    SCHEMA_LISTS,    /* a mapping of any names to sequences, left to the reader; `keys` as above */
    SCHEMA_MAPPING,  /* a mapping with keys of its own, `keys`, or any keys when that is NULL */
};

struct schema_key {
    const char *key; /* NULL ends the table */
    enum schema_type type;
    enum quantity_kind quantity;
    bool required;
    uint64_t minimum, maximum;
    const char *choices; /* separated by blanks */
    const char *doc;     /* one line for the documentation */
    const struct schema_key *keys;
    size_t offset; /* of the struct schema_value to set; with nested `keys` it is the first
                    * member of the struct that they fill */
};

/* Rows of a table: the struct and its field, the key, what is allowed, the documentation. */
#define TEXT_KEY(structure, field, name, needed, longest, words)                                   \
    {                                                                                              \
        .key = name, .type = SCHEMA_TEXT, .required = needed, .minimum = 1, .maximum = longest,    \
        .doc = words, .offset = offsetof(struct structure, field)                                  \
    }
#define NUMBER_KEY(structure, field, name, unit, needed, least, most, words)                       \
    {                                                                                              \
        .key = name, .type = SCHEMA_QUANTITY, .quantity = unit, .required = needed,                \
        .minimum = least, .maximum = most, .doc = words,                                           \
        .offset = offsetof(struct structure, field)                                                \
    }
#define LIST_KEY(structure, field, name, needed, most, words)                                      \
    {                                                                                              \
        .key = name, .type = SCHEMA_LIST, .required = needed, .minimum = 1, .maximum = most,       \
        .doc = words, .offset = offsetof(struct structure, field)                                  \
    }
/* A list whose items are mappings. */
#define ITEMS_KEY(structure, field, name, needed, most, inner, words)                              \
    {                                                                                              \
        .key = name, .type = SCHEMA_LIST, .required = needed, .minimum = 1, .maximum = most,       \
        .keys = inner, .doc = words, .offset = offsetof(struct structure, field)                   \
    }
#define LISTS_KEY(structure, field, name, needed, inner, words)                                    \
    {                                                                                              \
        .key = name, .type = SCHEMA_LISTS, .required = needed, .keys = inner, .doc = words,        \
        .offset = offsetof(struct structure, field)                                                \
    }
#define MAPPING_KEY(structure, field, name, needed, inner, words)                                  \
    {                                                                                              \
        .key = name, .type = SCHEMA_MAPPING, .required = needed, .keys = inner, .doc = words,      \
        .offset = offsetof(struct structure, field)                                                \
    }
#define CHOICE_KEY(structure, field, name, needed, names, words)                                   \
    {                                                                                              \
        .key = name, .type = SCHEMA_CHOICE, .required = needed, .choices = names, .doc = words,    \
        .offset = offsetof(struct structure, field)                                                \
    }
#define END_OF_KEYS                                                                                \
    {                                                                                              \
        .key = NULL                                                                                \
    }

/* Reads the mapping `node` into the zeroed struct `target`. `what` names the mapping in messages
 * ("a board file", "flash"). Refuses unknown, duplicate and missing keys and wrong values. */
bool schema_read(struct yaml_file *file, yaml_node_t *node, const char *what,
                 const struct schema_key *keys, void *target, struct error *error);

/* error_set() at the place of a value that was given. Returns false. */
bool schema_error(const struct yaml_file *file, const struct schema_value *value,
                  enum error_code code, struct error *error, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
