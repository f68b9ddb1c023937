/* SPDX-License-Identifier: MIT */
#include "cli/document.h"

#include "cli/describe.h"
#include "cli/result_stream.h"
#include "report/json_text.h"

#include <errno.h>
#include <string.h>

#define SCHEMA "extload/1"

/* The members of each command's result, in the order in which they are written. */
static const struct {
    const char *command, *members;
} results[] = {
    {"build", "board file file_bytes files loader_image record_address"},
    {"program",
     "board loader host target image left_out plan dry_run progress run record findings"},
    {"verify", "board loader host target image left_out verified_bytes run record findings"},
    {"erase", "board loader host target all ranges erased_bytes run record findings"},
    {"read", "board loader host target range file run record findings"},
    {"info", "board loader host target layout run record findings sfdp"},
    {"check", "files hosts findings"},
    {"rehearse", "hosts findings"},
    {"sweep", "board loader host operations faults injections broken replay"},
    {"selftest", "board loader host target selftest run record"},
    {"trace", "board loader host target dump run record findings"},
    {"serve", "board loader host layout port"},
    {"list", "kind items"},
};

static json_t *empty_result(const char *command)
{
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        if (strcmp(results[i].command, command) != 0) {
            continue;
        }
        json_t *result = json_object();
        for (const char *at = results[i].members; *at != '\0'; at += strspn(at, " ")) {
            char member[32];
            const size_t length = strcspn(at, " ");
            snprintf(member, sizeof member, "%.*s", (int)length, at);
            json_object_set_new(result, member, json_null());
            at += length;
        }
        return result;
    }
    return json_null();
}

bool document_open(struct document *document, const char *command, struct error *error)
{
    *document = (struct document){.out = result_stream_open()};
    snprintf(document->command, sizeof document->command, "%s", command);
    document->result = empty_result(command);
    document->warnings = json_array();
    document->broken = document->result == NULL || document->warnings == NULL;
    return document->out != NULL ||
           error_set(error, ERROR_FILE_WRITE, "stdout", 0, 0, "%s", strerror(errno));
}

void document_set(struct document *document, const char *key, json_t *value)
{
    if (document == NULL || document->out == NULL ||
        json_object_get(document->result, key) == NULL) {
        json_decref(value);
        return;
    }
    document->broken |= value == NULL || json_object_set_new(document->result, key, value) != 0;
}

void document_append(struct document *document, const char *key, json_t *value)
{
    json_t *list = document != NULL ? json_object_get(document->result, key) : NULL;
    if (json_is_null(list)) {
        document_set(document, key, json_array());
        list = json_object_get(document->result, key);
    }
    if (list == NULL) {
        json_decref(value);
        return;
    }
    document->broken |= value == NULL || json_array_append_new(list, value) != 0;
}

void document_warn(struct document *document, const char *id, const char *what, const char *hint)
{
    if (document == NULL || document->out == NULL) {
        return;
    }
    json_t *warning =
        json_pack("{s:s, s:o, s:o}", "id", id, "what", json_text(what), "hint", json_text(hint));
    document->broken |= warning == NULL || json_array_append_new(document->warnings, warning) != 0;
}

static bool write_out(struct document *document, json_t *status, json_t *error,
                      struct error *failure)
{
    const bool known = !json_is_null(document->result);
    json_t *whole = json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "schema", SCHEMA, "version", EXTLOAD_VERSION,
        "command", known ? json_text(document->command) : json_null(), "status", status, "error",
        error, "warnings", document->warnings, "result", document->result);
    const bool made = whole != NULL && !document->broken;
    errno = 0;
    const bool written = made && json_dumpf(whole, document->out, JSON_INDENT(2)) == 0 &&
                         fputc('\n', document->out) != EOF && fflush(document->out) == 0;
    const int cause = errno;
    json_decref(whole);
    result_stream_close(document->out);
    document->out = NULL;
    document->result = document->warnings = NULL;
    if (!made) {
        return error_set(failure, ERROR_NO_MEMORY, NULL, 0, 0, "the JSON document");
    }
    return written || error_set(failure, ERROR_FILE_WRITE, "stdout", 0, 0, "%s", strerror(cause));
}

bool document_publish(struct document *document, struct error *error)
{
    return document == NULL || document->out == NULL ||
           write_out(document, json_null(), json_null(), error);
}

bool document_close(struct document *document, int status, const struct error *error,
                    struct error *failure)
{
    if (document->out == NULL) {
        return true;
    }
    json_t *told = status != 0 && error->code != ERROR_NONE ? describe_error(error) : json_null();
    return write_out(document, json_integer(status), told, failure);
}
