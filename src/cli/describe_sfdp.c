/* SPDX-License-Identifier: MIT */
#include "cli/describe_sfdp.h"

#include "report/json_text.h"

#define NS_PER_US UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

/* 0 means that it is not told. */
static json_t *told(uint64_t value)
{
    return value != 0 ? number(value) : json_null();
}

static json_t *span(uint64_t typical, uint64_t maximum)
{
    return json_pack("{s:o, s:o}", "typical_ns", told(typical), "maximum_ns", told(maximum));
}

static json_t *describe_tables(const struct sfdp_header *header)
{
    json_t *tables = json_array();
    for (unsigned i = 0; i < header->count; i++) {
        const struct sfdp_table *table = &header->tables[i];
        json_array_append_new(
            tables, json_pack("{s:o, s:s, s:i, s:i, s:o, s:i, s:i}", "id", number(table->id),
                              "name", sfdp_table_name(table->id), "major", table->major, "minor",
                              table->minor, "address", number(table->address), "words",
                              table->length, "words_in_dump", (int)table->words));
    }
    return tables;
}

static json_t *describe_reads(const struct sfdp_basic *basic)
{
    json_t *reads = json_array();
    for (unsigned i = 0; i < SFDP_READ_KINDS; i++) {
        const struct sfdp_read *read = &basic->reads[i];
        if (read->opcode != 0) {
            json_array_append_new(reads, json_pack("{s:s, s:i, s:i, s:i}", "lines",
                                                   sfdp_read_name((enum sfdp_read_kind)i), "opcode",
                                                   read->opcode, "mode_clocks", read->mode_clocks,
                                                   "dummy_clocks", read->wait_clocks));
        }
    }
    return reads;
}

static json_t *describe_erases(const struct sfdp_basic *basic)
{
    json_t *erases = json_array();
    for (unsigned i = 0; i < SFDP_ERASE_TYPES; i++) {
        const struct sfdp_erase *erase = &basic->erases[i];
        if (erase->size_log2 != 0) {
            json_array_append_new(
                erases,
                json_pack("{s:o, s:i, s:o, s:b, s:o}", "bytes",
                          number(UINT64_C(1) << erase->size_log2), "opcode", erase->opcode,
                          "opcode_4byte", told(erase->opcode4), "shared", erase->shared, "time",
                          span(erase->typical_ms * NS_PER_MS, erase->maximum_ms * NS_PER_MS)));
        }
    }
    return erases;
}

static json_t *describe_rules(uint32_t rules)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < SFDP_RULE_COUNT; i++) {
        if ((rules >> i & 1) != 0) {
            json_array_append_new(list,
                                  json_pack("{s:s, s:s}", "id", sfdp_rule_name((enum sfdp_rule)i),
                                            "what", sfdp_rule_text((enum sfdp_rule)i)));
        }
    }
    return list;
}

static json_t *describe_address_bytes(uint8_t address_bytes)
{
    switch (address_bytes) {
    case 3: return json_pack("[i]", 3);
    case 4: return json_pack("[i]", 4);
    default: return json_pack("[ii]", 3, 4);
    }
}

json_t *describe_sfdp(const struct sfdp *sfdp, const char *file, const char *refusal)
{
    const struct sfdp_basic *basic = &sfdp->basic;
    const struct sfdp_program *program = &basic->program;
    return json_pack(
        "{s:o, s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "file",
        json_text(file), "major", sfdp->header.major, "minor", sfdp->header.minor, "tables",
        describe_tables(&sfdp->header), "flash_bytes", told(basic->geometry.size), "address_bytes",
        describe_address_bytes(basic->geometry.address_bytes), "page_bytes", told(program->page),
        "reads", describe_reads(basic), "erases", describe_erases(basic), "page_program",
        span(program->page_typical_us * NS_PER_US, program->page_maximum_us * NS_PER_US),
        "chip_erase",
        span(program->chip_erase_typical_ms * NS_PER_MS,
             program->chip_erase_maximum_ms * NS_PER_MS),
        "quad_enable", basic->quad.known ? json_integer(basic->quad.enable) : json_null(), "rules",
        describe_rules(sfdp->rules), "refusal",
        refusal != NULL ? json_string(refusal) : json_null());
}
