/* SPDX-License-Identifier: MIT */
#include "board/schema.h"

#include "board/nearest.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct schema_key *find_key(const struct schema_key *keys, const char *name)
{
    for (const struct schema_key *key = keys; key->key != NULL; key++) {
        if (strcmp(key->key, name) == 0) {
            return key;
        }
    }
    return NULL;
}

static struct schema_value *value_of(const struct schema_key *key, void *target)
{
    return (struct schema_value *)(void *)((char *)target + key->offset);
}

static bool unknown_key(struct yaml_file *file, const yaml_node_t *node, const char *what,
                        const struct schema_key *keys, const char *name, struct error *error)
{
    struct nearest nearest = {.wanted = name};
    char all[200] = "";
    size_t used = 0;
    for (const struct schema_key *key = keys; key->key != NULL; key++) {
        nearest_offer(&nearest, key->key);
        int length =
            snprintf(all + used, sizeof all - used, "%s%s", used > 0 ? ", " : "", key->key);
        used += length > 0 && (size_t)length < sizeof all - used ? (size_t)length : 0;
    }
    yaml_error(file, node, ERROR_UNKNOWN_KEY, error, "`%.60s` in %s", name, what);
    if (nearest_is_close(&nearest)) {
        return error_hint(error, "did you mean `%s`?", nearest.name);
    }
    return error_hint(error, "keys of %s: %s", what, all);
}

static bool read_text(struct yaml_file *file, const struct schema_key *key,
                      struct schema_value *value, struct error *error)
{
    size_t length = strlen(value->text);
    for (size_t i = 0; i < length; i++) {
        if (value->text[i] < ' ' || value->text[i] > '~') {
            return yaml_error(file, value->node, ERROR_BAD_VALUE, error,
                              "`%s` has a character that is not printable ASCII", key->key);
        }
    }
    if (length < key->minimum || length > key->maximum) {
        yaml_error(file, value->node, ERROR_BAD_VALUE, error,
                   "`%s` has %zu characters; %" PRIu64 " to %" PRIu64 " are allowed", key->key,
                   length, key->minimum, key->maximum);
        return error_hint(error, "use a shorter text");
    }
    return true;
}

static bool read_quantity(struct yaml_file *file, const struct schema_key *key,
                          struct schema_value *value, struct error *error)
{
    if (!quantity_parse(key->quantity, value->text, &value->number)) {
        yaml_error(file, value->node, ERROR_WRONG_TYPE, error, "`%s: %.60s`", key->key,
                   value->text);
        return error_hint(error, "write %s", quantity_form(key->quantity));
    }
    if (value->number < key->minimum || value->number > key->maximum) {
        return yaml_error(file, value->node, ERROR_BAD_VALUE, error, "`%s: %.60s`", key->key,
                          value->text);
    }
    return true;
}

static bool read_choice(struct yaml_file *file, const struct schema_key *key,
                        struct schema_value *value, struct error *error)
{
    size_t length = strlen(value->text);
    value->number = 0;
    for (const char *name = key->choices; *name != '\0'; name += strspn(name, " ")) {
        size_t end = strcspn(name, " ");
        if (end == length && strncmp(name, value->text, length) == 0) {
            return true;
        }
        value->number++;
        name += end;
    }
    yaml_error(file, value->node, ERROR_BAD_VALUE, error, "`%s: %.60s`", key->key, value->text);
    return error_hint(error, "one of: %s", key->choices);
}

static const char *kind_of(const yaml_node_t *node)
{
    switch (node->type) {
    case YAML_SEQUENCE_NODE: return "a list";
    case YAML_MAPPING_NODE: return "a mapping";
    default: return node->data.scalar.length == 0 ? "nothing" : "a single value";
    }
}

static bool read_scalar(struct yaml_file *file, const struct schema_key *key,
                        struct schema_value *value, struct error *error)
{
    value->text = yaml_text(value->node);
    if (value->text == NULL || value->text[0] == '\0') {
        yaml_error(file, value->node, ERROR_WRONG_TYPE, error, "`%s` holds %s", key->key,
                   value->node->type == YAML_SCALAR_NODE && value->text == NULL
                       ? "a NUL character"
                       : kind_of(value->node));
        return error_hint(error, "write %s",
                          key->type == SCHEMA_QUANTITY ? quantity_form(key->quantity)
                                                       : "one text after the colon");
    }
    switch (key->type) {
    case SCHEMA_QUANTITY: return read_quantity(file, key, value, error);
    case SCHEMA_CHOICE: return read_choice(file, key, value, error);
    default: return read_text(file, key, value, error);
    }
}

static bool read_list(struct yaml_file *file, const struct schema_key *key,
                      const struct schema_value *value, struct error *error)
{
    if (value->node->type != YAML_SEQUENCE_NODE) {
        yaml_error(file, value->node, ERROR_WRONG_TYPE, error, "`%s` holds %s", key->key,
                   kind_of(value->node));
        return error_hint(error, "write a list: one `- item` per line under `%s:`", key->key);
    }
    const yaml_node_item_t *first = value->node->data.sequence.items.start;
    uint64_t count = (uint64_t)(value->node->data.sequence.items.top - first);
    if (count < key->minimum || count > key->maximum) {
        return yaml_error(file, value->node, ERROR_BAD_VALUE, error,
                          "`%s` has %" PRIu64 " items; %" PRIu64 " to %" PRIu64 " are allowed",
                          key->key, count, key->minimum, key->maximum);
    }
    return true;
}

static bool read_value(struct yaml_file *file, const struct schema_key *key, yaml_node_t *node,
                       void *target, struct error *error)
{
    struct schema_value *value = value_of(key, target);
    value->node = node;
    if (key->type == SCHEMA_LIST) {
        return read_list(file, key, value, error);
    }
    if (key->type != SCHEMA_MAPPING && key->type != SCHEMA_LISTS) {
        return read_scalar(file, key, value, error);
    }
    if (node->type != YAML_MAPPING_NODE) {
        yaml_error(file, node, ERROR_WRONG_TYPE, error, "`%s` holds %s", key->key, kind_of(node));
        return error_hint(error, "write keys and values, indented, under `%s:`", key->key);
    }
    return key->type == SCHEMA_LISTS || key->keys == NULL ||
           schema_read(file, node, key->key, key->keys, value, error);
}

bool schema_read(struct yaml_file *file, yaml_node_t *node, const char *what,
                 const struct schema_key *keys, void *target, struct error *error)
{
    if (node->type != YAML_MAPPING_NODE) {
        yaml_error(file, node, ERROR_WRONG_TYPE, error, "%s must be a mapping, this is %s", what,
                   kind_of(node));
        return error_hint(error, "write `key: value` lines");
    }
    yaml_node_t *name = NULL;
    yaml_node_t *value = NULL;
    for (unsigned i = 0; yaml_mapping_pair(file, node, i, &name, &value); i++) {
        const char *text = yaml_text(name);
        const struct schema_key *key = text != NULL ? find_key(keys, text) : NULL;
        if (key == NULL) {
            return unknown_key(file, name, what, keys, text != NULL ? text : "?", error);
        }
        const struct schema_value *before = value_of(key, target);
        if (before->node != NULL) {
            return yaml_error(file, name, ERROR_DUPLICATE_KEY, error, "`%s`, first in line %d",
                              text, (int)before->node->start_mark.line + 1);
        }
        if (!read_value(file, key, value, target, error)) {
            return false;
        }
    }
    for (const struct schema_key *key = keys; key->key != NULL; key++) {
        if (key->required && value_of(key, target)->node == NULL) {
            yaml_error(file, node, ERROR_MISSING_KEY, error, "`%s` in %s", key->key, what);
            return error_hint(error, "add `%s:` - %s", key->key, key->doc);
        }
    }
    return true;
}

bool schema_error(const struct yaml_file *file, const struct schema_value *value,
                  enum error_code code, struct error *error, const char *format, ...)
{
    char detail[sizeof error->detail];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    return yaml_error(file, value->node, code, error, "%s", detail);
}
