/* SPDX-License-Identifier: MIT */
#include "dap/mem_ap.h"

enum {
    AP_CSW = 0x00,
    AP_TAR = 0x04,
    AP_DRW = 0x0C,
    AP_BD0 = 0x10,
    AP_BD3 = 0x1C,
    AP_BASE = 0xF8,
    AP_IDR = 0xFC
};

#define CSW_SIZE       UINT32_C(0x00000007)
#define CSW_INCREMENT  UINT32_C(0x00000030)
#define CSW_SINGLE     UINT32_C(0x00000010)
#define CSW_PACKED     UINT32_C(0x00000020)
#define CSW_DEVICE_EN  UINT32_C(0x00000040)
#define CSW_NON_SECURE UINT32_C(0x40000000) /* HNONSEC of an AHB5-AP */
/* Size, AddrInc, Prot, DbgSwEnable; Mode and the rest are fixed. */
#define CSW_WRITABLE UINT32_C(0xFF000037)
#define CSW_RESET    UINT32_C(0x43000002)
#define WRAP         UINT32_C(0x3FF)

void mem_ap_init(struct mem_ap *ap, uint32_t idr, uint32_t base, const struct mem_ap_bus *bus)
{
    *ap = (struct mem_ap){.bus = *bus, .idr = idr, .base = base, .csw = CSW_RESET};
}

static unsigned unit(const struct mem_ap *ap)
{
    return 1u << (ap->csw & CSW_SIZE);
}

/* One transfer at `address`, on the byte lanes that it has in the data register. */
static bool transfer(struct mem_ap *ap, uint32_t address, unsigned size, bool read, uint32_t *value)
{
    const bool secure = (ap->csw & CSW_NON_SECURE) == 0;
    const unsigned lane = 8 * (address & 3u);
    const uint32_t mask = size == 4 ? UINT32_MAX : (UINT32_C(1) << (8 * size)) - 1;
    uint32_t part = *value >> lane & mask;
    if (ap->locked || address % size != 0) {
        return false;
    }
    if (!read) {
        return ap->bus.write(ap->bus.context, address, size, secure, part);
    }
    if (!ap->bus.read(ap->bus.context, address, size, secure, &part)) {
        return false;
    }
    *value = (*value & ~(mask << lane)) | (part & mask) << lane;
    return true;
}

static void advance(struct mem_ap *ap, unsigned size)
{
    ap->tar = (ap->tar & ~WRAP) | ((ap->tar + size) & WRAP);
}

/* DRW: one unit at TAR, or with packing as many as lie in the rest of the word. */
static bool data(struct mem_ap *ap, bool read, uint32_t *value)
{
    const unsigned size = unit(ap);
    const uint32_t increment = ap->csw & CSW_INCREMENT;
    bool more = true;
    while (more) {
        if (!transfer(ap, ap->tar, size, read, value)) {
            return false;
        }
        more = increment == CSW_PACKED && (ap->tar & 3u) + size < 4;
        if (increment != 0) {
            advance(ap, size);
        }
    }
    return true;
}

bool mem_ap_read(struct mem_ap *ap, uint8_t address, uint32_t *value)
{
    *value = 0;
    switch (address) {
    case AP_CSW: *value = ap->csw | (ap->locked ? 0 : CSW_DEVICE_EN); return true;
    case AP_TAR: *value = ap->tar; return true;
    case AP_DRW: return data(ap, true, value);
    case AP_BASE: *value = ap->base; return true;
    case AP_IDR: *value = ap->idr; return true;
    default: break;
    }
    if (address >= AP_BD0 && address <= AP_BD3) {
        return transfer(ap, (ap->tar & ~UINT32_C(0xF)) | (address & 0xCu), 4, true, value);
    }
    return true;
}

static void write_control(struct mem_ap *ap, uint32_t value)
{
    ap->csw = value & CSW_WRITABLE;
    if ((ap->csw & CSW_SIZE) > 2) {
        ap->csw = (ap->csw & ~CSW_SIZE) | 2u; /* a size that there is not becomes a word */
    }
    if ((ap->csw & CSW_INCREMENT) == CSW_INCREMENT) {
        ap->csw = (ap->csw & ~CSW_INCREMENT) | CSW_SINGLE; /* reserved */
    }
}

bool mem_ap_write(struct mem_ap *ap, uint8_t address, uint32_t value)
{
    switch (address) {
    case AP_CSW: write_control(ap, value); return true;
    case AP_TAR: ap->tar = value; return true;
    case AP_DRW: return data(ap, false, &value);
    default: break;
    }
    if (address >= AP_BD0 && address <= AP_BD3) {
        return transfer(ap, (ap->tar & ~UINT32_C(0xF)) | (address & 0xCu), 4, false, &value);
    }
    return true;
}
