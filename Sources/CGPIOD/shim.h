#include <gpiod.h>

// Debian 12's libgpiod 1.6 sets several lines through a struct of 64 pointers, which Swift sees as a
// tuple.

// Takes the lines as outputs that are off; 0, or -1 with errno.
static inline int till_gpio_take(struct gpiod_chip *chip, const unsigned int *offsets, int count,
                                 int is_active_low, struct gpiod_line_bulk *bulk) {
    gpiod_line_bulk_init(bulk);
    for (int at = 0; at < count; at++) {
        struct gpiod_line *line = gpiod_chip_get_line(chip, offsets[at]);
        if (line == NULL) return -1;
        gpiod_line_bulk_add(bulk, line);
    }
    int off[GPIOD_LINE_BULK_MAX_LINES] = {0};
    return gpiod_line_request_bulk_output_flags(
        bulk, "tilld", is_active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0, off);
}
