/* SPDX-License-Identifier: MIT */
#include "host/record_text.h"

#include "host/explain.h"
#include "host/silence.h"

#include <string.h>

struct bit_name {
    uint32_t bit;
    const char *name;
};

static void name_bits(uint32_t value, const struct bit_name *names, size_t count, char *buffer,
                      size_t size)
{
    size_t used = 0;
    snprintf(buffer, size, "-");
    for (size_t i = 0; i < count; i++) {
        if ((value >> names[i].bit & 1u) != 0 && used < size) {
            int wrote =
                snprintf(buffer + used, size - used, "%s%s", used > 0 ? " " : "", names[i].name);
            used += wrote > 0 ? (size_t)wrote : 0;
        }
    }
}

void record_text_cfsr(uint32_t cfsr, char *buffer, size_t size)
{
    static const struct bit_name names[] = {
        {0, "IACCVIOL"},     {1, "DACCVIOL"},    {3, "MUNSTKERR"},  {4, "MSTKERR"},
        {5, "MLSPERR"},      {7, "MMARVALID"},   {8, "IBUSERR"},    {9, "PRECISERR"},
        {10, "IMPRECISERR"}, {11, "UNSTKERR"},   {12, "STKERR"},    {13, "LSPERR"},
        {15, "BFARVALID"},   {16, "UNDEFINSTR"}, {17, "INVSTATE"},  {18, "INVPC"},
        {19, "NOCP"},        {20, "STKOF"},      {24, "UNALIGNED"}, {25, "DIVBYZERO"},
    };
    name_bits(cfsr, names, sizeof names / sizeof names[0], buffer, size);
}

void record_text_hfsr(uint32_t hfsr, char *buffer, size_t size)
{
    static const struct bit_name names[] = {{1, "VECTTBL"}, {30, "FORCED"}, {31, "DEBUGEVT"}};
    name_bits(hfsr, names, sizeof names / sizeof names[0], buffer, size);
}

const char *record_text_exception(uint32_t ipsr, char buffer[16])
{
    static const char *const names[] = {"Thread mode",  "Reset",    "NMI",        "HardFault",
                                        "MemManage",    "BusFault", "UsageFault", "SecureFault",
                                        NULL,           NULL,       NULL,         "SVCall",
                                        "DebugMonitor", NULL,       "PendSV",     "SysTick"};
    const uint32_t first_external = 16;
    ipsr &= 0x1FFu;
    if (ipsr >= first_external) {
        snprintf(buffer, 16, "IRQ %u", ipsr - first_external);
        return buffer;
    }
    return names[ipsr] != NULL ? names[ipsr] : "reserved";
}

static void print_flash(FILE *out, const struct record *record)
{
    char found[256];
    explain_found(record->found, found, sizeof found);
    fprintf(out, "flash    ID %02x %02x %02x, SR1 0x%02x, SR2 0x%02x\n", record->jedec_id & 0xFFu,
            record->jedec_id >> 8 & 0xFFu, record->jedec_id >> 16 & 0xFFu, record->status & 0xFFu,
            record->status >> 8 & 0xFFu);
    fprintf(out, "found    %s\n", found);
}

/* The core's frequency is calibrated, or the assumption if Init has not come that far. */
static void print_core(FILE *out, const struct record *record)
{
    fprintf(out,
            "core     %u Hz as calibrated, entered with PRIMASK %u, MSPLIM 0x%08x, VTOR 0x%08x\n",
            record->cpu_hz, record->entry.primask & 1u, record->entry.msplim, record->entry.vtor);
}

static void print_reason(FILE *out, const struct record *record, const struct board *board,
                         bool simulated)
{
    const struct silence silence = {board, simulated, true};
    struct likely likely = {0};
    struct explanation explanation;
    if (record->reason == REASON_NONE) {
        return;
    }
    explain_record(record, board, &explanation);
    fprintf(out, "reason   %s\n", explanation.what);
    if (explanation.hint[0] != '\0') {
        fprintf(out, "  try:   %s\n", explanation.hint);
    }
    if (board != NULL) {
        silence_of_flash(&silence, record->reason, &likely);
    }
    for (unsigned i = 0; i < likely.count; i++) {
        fprintf(out, "  likely: %s\n", likely.causes[i]);
    }
}

static void print_call(FILE *out, const struct record *record)
{
    fprintf(out, "call     number %u: %s(0x%08x, 0x%08x, 0x%08x, 0x%08x), image at 0x%08x\n",
            record->calls, explain_function_name(record->function), record->arguments[0],
            record->arguments[1], record->arguments[2], record->arguments[3], record->image);
    if (record->phase == PHASE_RETURNED) {
        fprintf(out, "result   R0 = 0x%08x after %u cycles\n", record->result, record->cycles);
    } else if (record->phase != PHASE_IDLE) {
        fprintf(out, "result   none: the call has not returned; it was at: %s\n",
                explain_phase_name(record->phase));
    }
    fprintf(out, "detail   0x%08x 0x%08x 0x%08x\n", record->detail[0], record->detail[1],
            record->detail[2]);
}

static void print_entry(FILE *out, const struct record_entry *entry)
{
    char exception[16];
    fprintf(out, "entry    SP 0x%08x LR 0x%08x xPSR 0x%08x (%s)\n", entry->sp, entry->lr,
            entry->xpsr, record_text_exception(entry->xpsr, exception));
    fprintf(out, "         MSP 0x%08x PSP 0x%08x MSPLIM 0x%08x PSPLIM 0x%08x\n", entry->msp,
            entry->psp, entry->msplim, entry->psplim);
    fprintf(out, "         CONTROL 0x%x PRIMASK %u FAULTMASK %u BASEPRI 0x%02x\n", entry->control,
            entry->primask, entry->faultmask, entry->basepri);
    fprintf(out, "         VTOR 0x%08x CCR 0x%08x SHCSR 0x%08x MPU_CTRL 0x%x SYST_CSR 0x%x\n",
            entry->vtor, entry->ccr, entry->shcsr, entry->mpu_ctrl, entry->systick_ctrl);
}

/* The frame stays in the record until another fault overwrites it. */
static void print_fault(FILE *out, const struct record_fault *fault, bool of_this_call)
{
    char exception[16], cfsr[200], hfsr[48];
    if (fault->exc_return == 0) {
        fprintf(out, "fault    none\n");
        return;
    }
    record_text_cfsr(fault->cfsr, cfsr, sizeof cfsr);
    record_text_hfsr(fault->hfsr, hfsr, sizeof hfsr);
    fprintf(out, "fault    %s%s, EXC_RETURN 0x%08x\n", of_this_call ? "" : "of an earlier call: ",
            record_text_exception(fault->ipsr, exception), fault->exc_return);
    fprintf(out, "         CFSR 0x%08x %s\n", fault->cfsr, cfsr);
    fprintf(out, "         HFSR 0x%08x %s\n", fault->hfsr, hfsr);
    fprintf(out, "         MMFAR 0x%08x BFAR 0x%08x\n", fault->mmfar, fault->bfar);
    if (fault->frame_valid == 0) {
        fprintf(out, "         no frame: the stack pointer was of no use\n");
        return;
    }
    fprintf(out, "         R0 0x%08x R1 0x%08x R2 0x%08x R3 0x%08x\n", fault->r0, fault->r1,
            fault->r2, fault->r3);
    fprintf(out, "         R12 0x%08x LR 0x%08x PC 0x%08x xPSR 0x%08x\n", fault->r12, fault->lr,
            fault->pc, fault->xpsr);
}

/* Slots are used from 0 on by each call, and what an earlier call left stays in those not reached:
 * if slot 0 still holds the call's first event, nothing has been overwritten. */
unsigned record_text_events(const struct record *record, struct record_event events[RECORD_EVENTS],
                            bool *whole)
{
    const uint32_t head = record->event_head % RECORD_EVENTS;
    *whole = record->events[0].what >> 24 == PHASE_ENTERED;
    const unsigned slots = *whole && head != 0 ? head : RECORD_EVENTS;
    const uint32_t first = *whole ? 0 : head;
    unsigned count = 0;
    for (unsigned i = 0; i < slots; i++) {
        events[count] = record->events[(first + i) % RECORD_EVENTS];
        count += events[count].what != 0;
    }
    return count;
}

static void print_events(FILE *out, const struct record *record)
{
    struct record_event events[RECORD_EVENTS];
    bool whole = false;
    const unsigned count = record_text_events(record, events, &whole);
    fprintf(out, "events   cycles since entry, phase, detail%s\n",
            whole ? "" : " (earlier ones are lost)");
    for (unsigned i = 0; i < count; i++) {
        const uint32_t phase = events[i].what >> 24;
        char cycles[16] = "-";
        if (phase != PHASE_ENTERED) { /* the time base is started after that one */
            snprintf(cycles, sizeof cycles, "%u", events[i].cycles);
        }
        fprintf(out, "         %10s  %-10s 0x%06x\n", cycles, explain_phase_name(phase),
                events[i].what & 0xFFFFFFu);
    }
}

void record_text_print(FILE *out, const struct record *record, const struct board *board,
                       uint32_t address, enum record_detail detail, bool simulated)
{
    print_flash(out, record);
    print_core(out, record);
    fprintf(out, "record   at 0x%08x: %s, %s, reason %s\n", address,
            explain_function_name(record->function), explain_phase_name(record->phase),
            explain_reason_name(record->reason));
    print_reason(out, record, board, simulated);
    if (detail == RECORD_BRIEF) {
        return;
    }
    print_call(out, record);
    print_entry(out, &record->entry);
    print_fault(out, &record->fault, record->reason == REASON_FAULT);
    print_events(out, record);
}
