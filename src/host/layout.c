/* SPDX-License-Identifier: MIT */
#include "host/layout.h"

#define MOVED           UINT32_C(0x4000) /* the U375's base in 2.20 [DB] */
#define RETURN_MASK     UINT32_C(0xFFFFFF00)
#define ROOM_LEAST      UINT32_C(256)
#define BUFFER_GRAIN    UINT32_C(0xFFF) /* chunks are whole pages where there is room for one */
#define ADDRESS_SPACE   UINT64_C(0x100000000)
#define WORD            4u /* that an algorithm returns to */
#define STACK_ALIGN     8u
#define STACK_LEAST     64u /* of pyOCD, with one buffer */
#define BUFFER_ALIGN    16u
#define WINDOW_CHUNK    UINT32_C(0x1000)    /* of a read through the window [choice] */
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

static bool make_stldr(struct layout *layout, const struct board *board,
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

/* --- flash algorithms --- */

/* RAM that a tool has, and what is taken of it. */
struct ram {
    uint64_t start, end;
    const struct lifecycle *lifecycle;
    uint32_t blob, page;
};

static uint64_t down(uint64_t value, uint32_t alignment)
{
    return value / alignment * alignment;
}

/* [stack][buffer 2][buffer 1][word, image]: 4-aligned is all that an image may hope for. pyOCD takes
 * one buffer and a stack of 64 bytes if two and 512 do not fit. */
static bool place_at_end(struct layout *layout, const struct ram *ram)
{
    const uint32_t wanted = ram->lifecycle->stack_size;
    const uint64_t word = down(ram->end - ram->blob - WORD, WORD);
    const uint64_t first = down(word - ram->page, BUFFER_ALIGN);
    const bool two = first >= ram->start + ram->page + BUFFER_ALIGN + wanted;
    const uint64_t stack = two ? down(first - ram->page, BUFFER_ALIGN) : first;
    const uint32_t size = two ? wanted : STACK_LEAST;
    layout->base = (uint32_t)word;
    layout->image = (uint32_t)word + WORD;
    layout->buffer = (uint32_t)stack;
    layout->buffer_count = two ? 2 : 1;
    layout->stack = (uint32_t)stack;
    layout->stack_bottom = (uint32_t)stack - size;
    return stack >= ram->start + size;
}

/* [word, image][buffers][stack]; probe-rs counts the word twice, so the buffers lie 4 bytes further. */
static bool place_at_start(struct layout *layout, const struct ram *ram)
{
    const uint64_t code = ram->start + WORD;
    const uint64_t buffer = align(code + WORD + ram->blob, STACK_ALIGN);
    const uint32_t stack = ram->lifecycle->stack_size;
    const uint64_t room = ram->end > buffer + stack ? ram->end - buffer - stack : 0;
    layout->base = (uint32_t)ram->start;
    layout->image = (uint32_t)code;
    layout->buffer = (uint32_t)buffer;
    layout->buffer_count = room >= 2 * (uint64_t)ram->page ? 2 : 1;
    const uint64_t bottom = align(buffer + layout->buffer_count * (uint64_t)ram->page, STACK_ALIGN);
    layout->stack_bottom = (uint32_t)bottom;
    layout->stack = (uint32_t)(bottom + stack);
    return room >= ram->page && bottom + stack <= ram->end;
}

/* [word, image][buffers] ... [stack]: the CMSIS-Pack specification's end of RAM. */
static bool place_as_keil(struct layout *layout, const struct ram *ram)
{
    const uint64_t stack = down(ram->end, STACK_ALIGN);
    const uint64_t bottom = stack - ram->lifecycle->stack_size;
    const uint64_t buffer = align(ram->start + WORD + ram->blob, BUFFER_ALIGN);
    layout->base = (uint32_t)ram->start;
    layout->image = (uint32_t)ram->start + WORD;
    layout->buffer = (uint32_t)buffer;
    layout->buffer_count = buffer + 2 * (uint64_t)ram->page <= bottom ? 2 : 1;
    layout->stack = (uint32_t)stack;
    layout->stack_bottom = (uint32_t)bottom;
    return buffer + ram->page <= bottom;
}

/* [image][word][stack][buffers], or the stack at the end. */
static bool place_in_work_ram(struct layout *layout, const struct ram *ram)
{
    const struct lifecycle *lifecycle = ram->lifecycle;
    const bool at_end = lifecycle->place_rule == PLACE_WORK_END;
    const uint64_t word = align(ram->start + ram->blob, WORD);
    const uint64_t behind = align(word + WORD, STACK_ALIGN);
    const uint64_t bottom = at_end ? down(ram->end, STACK_ALIGN) - lifecycle->stack_size : behind;
    const uint64_t buffer = align(at_end ? behind : bottom + lifecycle->stack_size, BUFFER_ALIGN);
    layout->base = (uint32_t)word;
    layout->image = (uint32_t)ram->start;
    layout->buffer = (uint32_t)buffer;
    layout->buffer_count = lifecycle->buffer_count;
    layout->stack_bottom = (uint32_t)bottom;
    layout->stack = (uint32_t)bottom + lifecycle->stack_size;
    return buffer + (uint64_t)layout->buffer_count * ram->page <= (at_end ? bottom : ram->end);
}

static bool place(struct layout *layout, const struct ram *ram)
{
    switch ((enum place_rule)ram->lifecycle->place_rule) {
    case PLACE_END: return place_at_end(layout, ram);
    case PLACE_START: return place_at_start(layout, ram);
    case PLACE_KEIL: return place_as_keil(layout, ram);
    case PLACE_WORK:
    case PLACE_WORK_END: break;
    }
    return place_in_work_ram(layout, ram);
}

static bool make_algorithm(struct layout *layout, const struct board *board,
                           const struct lifecycle *lifecycle, const struct loader_file *loader,
                           struct error *error)
{
    const uint64_t end = (uint64_t)board->loader_base + board->loader_size;
    struct ram ram = {.start = (uint64_t)board->loader_base + lifecycle->ram_shift,
                      .end = end - lifecycle->ram_shift,
                      .lifecycle = lifecycle,
                      .blob = (uint32_t)align(loader->memory_size, WORD),
                      .page = loader->info.page_size};
    if (lifecycle->load_rule == LOAD_AS_LINKED) {
        if (loader->image_address < ram.start || loader->image_address >= ram.end) {
            return error_set(error, ERROR_LOADER_SHAPE, loader->path, 0, 0,
                             "it is linked at 0x%08x, which is not in the work RAM 0x%08x..0x%08x",
                             loader->image_address, (uint32_t)ram.start, (uint32_t)ram.end - 1);
        }
        ram.start = loader->image_address;
    }
    *layout = (struct layout){.size = loader->memory_size, .buffer_size = ram.page};
    const uint64_t least =
        (uint64_t)ram.blob + ram.page + 2 * WORD + 2 * BUFFER_ALIGN + STACK_LEAST;
    if (ram.end < ram.start + least || !place(layout, &ram)) {
        error_set(error, ERROR_LOADER_SHAPE, loader->path, 0, 0,
                  "%u bytes of code, a page of %u and %u bytes of stack do not fit %u bytes of RAM "
                  "at 0x%08x",
                  loader->memory_size, ram.page, lifecycle->stack_size,
                  (unsigned)(ram.end - ram.start), (uint32_t)ram.start);
        return error_hint(error, "a smaller page size in FlashDevice");
    }
    layout->entry_shift = layout->image - loader->image_address;
    layout->static_base = layout->image + loader->data_offset;
    layout->read_buffer = layout->buffer;
    layout->read_size = loader_file_has(loader, LOADER_READ) ? ram.page : WINDOW_CHUNK;
    return true;
}

bool layout_make(struct layout *layout, const struct board *board,
                 const struct lifecycle *lifecycle, const struct loader_file *loader,
                 struct error *error)
{
    return loader->format == FORMAT_ALGORITHM
               ? make_algorithm(layout, board, lifecycle, loader, error)
               : make_stldr(layout, board, lifecycle, loader, error);
}

uint32_t layout_place(const struct layout *layout, const struct loader_file *loader,
                      const struct loader_piece *piece)
{
    return piece->in_image ? piece->address - loader->image_address + layout->image
                           : piece->address;
}
