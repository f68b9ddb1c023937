/* SPDX-License-Identifier: MIT */
/* Where the hosts of flash algorithms put image, buffers and stack: in their RAM, on nothing else. */
#include "host/host_option.h"
#include "test_algorithm_rig.h"

static bool lay_out(const struct lifecycle *lifecycle, uint32_t page, struct layout *layout,
                    struct error *error)
{
    struct file file;
    struct loader_file loader;
    struct board board;
    open_file(&file, "plain_flm.FLM");
    put(contents_of(&file, "DevDscr") + 0x8C, page);
    assert_true(board_load(&board, BOARD, error));
    assert_true(parse(&file, lifecycle->view, &loader));
    const bool good = layout_make(layout, &board, lifecycle, &loader, error);
    if (good) { /* everything lies in the tool's RAM, nothing on anything else */
        const uint32_t end = board.loader_base + board.loader_size;
        const uint32_t behind = layout->buffer + layout->buffer_count * page;
        assert_in_range(layout->image, board.loader_base, end - layout->size);
        assert_in_range(layout->stack_bottom, board.loader_base, end - 64);
        assert_in_range(layout->stack, layout->stack_bottom + 64, end);
        assert_in_range(behind, board.loader_base, end);
        assert_true(behind <= layout->image || layout->buffer >= layout->image + layout->size);
        assert_true(behind <= layout->stack_bottom || layout->buffer >= layout->stack);
        assert_true(layout->stack <= layout->image ||
                    layout->stack_bottom >= layout->image + layout->size);
    }
    loader_file_release(&loader);
    free(file.bytes);
    return good;
}

/* Two pages, one page, and too large a page. */
static void large_pages_get_one_buffer_or_none(void **state)
{
    (void)state;
    static const char *const hosts[] = {"flm", "probe-rs", "jlink-ofl"};
    for (unsigned i = 0; i < 3; i++) {
        struct layout layout;
        struct error error = {0};
        const struct lifecycle *host = lifecycle_find(hosts[i]);
        assert_true(lay_out(host, 0x10000, &layout, &error));
        assert_int_equal(layout.buffer_count, i == 2 ? 1 : 2);
        assert_true(lay_out(host, 0x28000, &layout, &error));
        assert_int_equal(layout.buffer_count, 1);
        assert_false(lay_out(host, 0x40000, &layout, &error));
        assert_int_equal(error.code, ERROR_LOADER_SHAPE);
        assert_non_null(strstr(error.hint, "smaller page size"));
        error = (struct error){0};
        assert_false(lay_out(host, UINT32_MAX, &layout, &error));
    }
}

/* Each placement, shifted, with each stack; J-Link's where it is linked. */
static void no_option_puts_one_thing_on_another(void **state)
{
    (void)state;
    static const struct {
        const char *host, *option;
    } rows[] = {{"flm", "placement=start"},        {"flm", "ram-shift=0x1004"},
                {"flm", "stack-size=64"},          {"flm", "stack-size=16376"},
                {"probe-rs", "ram-shift=0x1004"},  {"probe-rs", "stack-size=64"},
                {"jlink-ofl", "ram-shift=0x1004"}, {"jlink-ofl", "work-ram=stack-at-end"},
                {"jlink-ofl", "buffers=2"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct layout layout;
        struct error error = {0};
        struct lifecycle lifecycle = *lifecycle_find(rows[i].host);
        assert_true(host_option_set(&lifecycle, rows[i].option, &error));
        assert_true(lay_out(&lifecycle, 0x1000, &layout, &error));
        assert_int_equal(layout.image % 4, 0);
    }
}

static void an_image_stays_where_it_is_linked_if_there_is_ram(void **state)
{
    (void)state;
    struct file file;
    struct loader_file loader;
    struct board board;
    struct layout layout;
    struct lifecycle lifecycle = *lifecycle_find("jlink-ofl");
    open_file(&file, "linked_ofl.FLM");
    assert_true(board_load(&board, BOARD, &file.error));
    assert_true(host_option_set(&lifecycle, "relocation=as-linked", &file.error));
    assert_true(parse(&file, VIEW_WORK_RAM, &loader));
    assert_true(layout_make(&layout, &board, &lifecycle, &loader, &file.error));
    assert_int_equal(layout.image, 0x34184000);
    assert_int_equal(layout.entry_shift, 0);
    loader_file_release(&loader);
    free(file.bytes);
    open_file(&file, "plain_flm.FLM"); /* linked at 0 */
    assert_true(parse(&file, VIEW_WORK_RAM, &loader));
    assert_false(layout_make(&layout, &board, &lifecycle, &loader, &file.error));
    assert_non_null(strstr(file.error.detail, "linked at 0x00000000"));
    loader_file_release(&loader);
    free(file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_pages_get_one_buffer_or_none),
        cmocka_unit_test(no_option_puts_one_thing_on_another),
        cmocka_unit_test(an_image_stays_where_it_is_linked_if_there_is_ram),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
