/* SPDX-License-Identifier: MIT */
#include "host/layout.h"

#define MOVED           UINT32_C(0x4000) /* the U375's base in 2.20 [DB] */
#define RETURN_MASK     UINT32_C(0xFFFFFF00)
#define ROOM_LEAST      UINT32_C(256)
#define BUFFER_GRAIN    UINT32_C(0xFFF) /* chunks are whole pages where there is room for one */
#define ADDRESS_SPACE   UINT64_C(0x100000000)
#define SECTIONS_EXTENT UINT64_C(0x1000000) /* more cannot be meant: refused [choice] */

static uint64_t align(uint64_t value, uint32_t alignment)
{
    return (value + alignment - 1) / alignment * alignment;
}

static uint32_t base_of(const struct board *board, const struct lifecycle *lifecycle,
                        const struct loader_file *loader)
{
    if (lifecycle->view == VIEW_SECTIONS) {
        return loader->image_address & RETURN_MASK;
    }
    switch ((enum load_rule)lifecycle->load_rule) {
    case LOAD_MOVED: return board->loader_base + MOVED;
    case LOAD_AS_LINKED: return loader->image_address - 4;
    case LOAD_AT_BASE: break;
    }
    return board->loader_base;
}

/* One past the last byte that the tool uses: OpenOCD looks at no bound. */
static uint64_t end_of_ram(const struct board *board, const struct lifecycle *lifecycle,
                           uint32_t base, uint64_t image_end)
{
    uint64_t end = (uint64_t)board->loader_base + board->loader_size;
    if (lifecycle->view == VIEW_SECTIONS) {
        uint64_t far = image_end + SECTIONS_EXTENT;
        return far < ADDRESS_SPACE ? far : ADDRESS_SPACE;
    }
    return base >= board->loader_base && base < end ? end : (uint64_t)base + board->loader_size;
}

static uint32_t chunk_of(const struct lifecycle *lifecycle, const struct loader_file *loader,
                         uint64_t room)
{
    uint64_t chunk = lifecycle->buffer_max != 0 ? lifecycle->buffer_max : loader->info.page_size;
    room /= lifecycle->buffer_count;
    room = room > BUFFER_GRAIN ? room & ~(uint64_t)BUFFER_GRAIN : room;
    return room < ROOM_LEAST ? 0 : (uint32_t)(chunk < room ? chunk : room);
}

bool layout_make(struct layout *layout, const struct board *board,
                 const struct lifecycle *lifecycle, const struct loader_file *loader,
                 struct error *error)
{
    uint32_t base = base_of(board, lifecycle, loader);
    uint32_t image = lifecycle->load_rule == LOAD_AS_LINKED ? loader->image_address : base + 4;
    uint32_t size = lifecycle->size_rule == SIZE_MEMORY ? loader->memory_size : loader->file_size;
    uint64_t end = (uint64_t)image + size;
    uint64_t ram_end = end_of_ram(board, lifecycle, base, end);
    uint64_t buffer = align(end + lifecycle->buffer_from_end, lifecycle->buffer_align);
    if (lifecycle->buffer_max == 0 && loader->info.page_size == 0) {
        return error_set(error, ERROR_LOADER_SHAPE, loader->path, 0, 0,
                         "StorageInfo: PageSize is 0, which is the chunk that host %s writes",
                         lifecycle->name);
    }
    uint32_t chunk = buffer < ram_end ? chunk_of(lifecycle, loader, ram_end - buffer) : 0;
    if (chunk == 0) {
        return error_set(error, ERROR_LOADER_SHAPE, loader->path, 0, 0,
                         "%u bytes leave no room for stack and buffer in the tool's %llu bytes of "
                         "RAM at 0x%08x",
                         size, (unsigned long long)(ram_end > base ? ram_end - base : 0), base);
    }
    *layout = (struct layout){
        .base = base,
        .image = image,
        .size = size,
        .entry_shift = lifecycle->entry_rule == ENTRY_REBASED ? image - loader->image_address : 0,
        .stack = (uint32_t)align(end + lifecycle->stack_gap, lifecycle->stack_align),
        .buffer = (uint32_t)buffer,
        .buffer_size = chunk,
        .buffer_count = lifecycle->buffer_count,
        .read_buffer = (uint32_t)buffer,
        .read_size = chunk,
    };
    if (lifecycle->reads_aside) {
        layout->read_buffer = board->work_base;
        layout->read_size =
            loader->info.page_size < board->work_size ? loader->info.page_size : board->work_size;
        layout->read_size = layout->read_size > 0 ? layout->read_size : board->work_size;
    }
    return true;
}

uint32_t layout_place(const struct layout *layout, const struct loader_file *loader,
                      const struct loader_piece *piece)
{
    return piece->in_image ? piece->address - loader->image_address + layout->image
                           : piece->address;
}
