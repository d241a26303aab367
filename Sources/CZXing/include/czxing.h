/* ZXing's QR reader (libzxing, C++), as plain C: grey pixels in, whole QR codes out. */
#ifndef TILL_CZXING_H
#define TILL_CZXING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct till_zxing_symbol {
    const uint8_t *bytes;
    size_t count;
    /* The corners in pixels, clockwise from the symbol's own top left. */
    int32_t x[4];
    int32_t y[4];
};

/* Is handed each symbol; what it points to is good for the call alone. */
typedef void (*till_zxing_sink)(void *context, const struct till_zxing_symbol *symbol);

/* Reads every whole QR code in a frame of `width * height` grey values, dark on light.
 *
 * A part of a structured append is no symbol, and neither is one that names a character set (ECI)
 * or is a GS1 message: for those this library's bytes are not what zbar tells, and one code must
 * not have two payloads. Returns 0, or 1 where the library gave up. */
int till_zxing_read(const uint8_t *pixels, int32_t width, int32_t height, till_zxing_sink sink,
                    void *context);

#ifdef __cplusplus
}
#endif

#endif
