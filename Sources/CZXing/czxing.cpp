#include "czxing.h"

#define ZX_USE_UTF8 1
#include <ZXing/ReadBarcode.h>

/* More symbols than a frame is told to hold. */
static const uint8_t most_symbols = 33;

int till_zxing_read(const uint8_t *pixels, int32_t width, int32_t height, till_zxing_sink sink,
                    void *context) {
    /* The library tells of what it does not like, of memory and of its own faults by exceptions;
     * none may reach code that knows of none. */
    try {
        ZXing::DecodeHints hints;
        hints.setFormats(ZXing::BarcodeFormat::QRCode)
            .setTryHarder(true)
            .setTryRotate(true)
            .setTryDownscale(true)
            .setMaxNumberOfSymbols(most_symbols);
        ZXing::ImageView view(pixels, width, height, ZXing::ImageFormat::Lum);
        for (const ZXing::Result &result : ZXing::ReadBarcodes(view, hints)) {
            if (!result.isValid() || result.isPartOfSequence()) continue;
            const std::string kind = result.symbologyIdentifier();
            if (kind != "]Q1" && kind != "]Q0") continue;
            till_zxing_symbol symbol = {};
            symbol.bytes = result.bytes().data();
            symbol.count = result.bytes().size();
            for (int corner = 0; corner < 4; corner++) {
                symbol.x[corner] = result.position()[corner].x;
                symbol.y[corner] = result.position()[corner].y;
            }
            sink(context, &symbol);
        }
        return 0;
    } catch (...) {
        return 1;
    }
}
