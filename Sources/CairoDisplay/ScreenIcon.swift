import CPangoCairo
import Screens

/// The sign of a kind of screen: shapes that differ without their colours.
struct ScreenIcon {
    let kind: ScreenKind
    let palette: Palette

    /// Draws the sign in the middle of the box, as large as it fits.
    func draw(on canvas: borrowing Canvas, in box: Box) {
        let pen = canvas.pen
        let size = min(box.width, box.height)
        guard size > 0 else { return }
        cairo_save(pen)
        // Text leaves the pen where it was drawn, and an arc begins with a line from there.
        cairo_new_path(pen)
        // From here on the sign is one unit wide and its middle is the origin.
        cairo_translate(pen, box.x + box.width / 2, box.y + box.height / 2)
        cairo_scale(pen, size, size)
        cairo_set_line_cap(pen, CAIRO_LINE_CAP_ROUND)
        cairo_set_line_join(pen, CAIRO_LINE_JOIN_ROUND)
        switch kind {
        case .approved, .receipt:
            disc(canvas)
            stroke(canvas, [(-0.24, 0.02), (-0.07, 0.19), (0.25, -0.17)], width: 0.1)
        case .approvedInPart: half(canvas)
        case .again: repeated(canvas)
        case .retry: turn(canvas)
        case .network: cloud(canvas)
        case .declined:
            disc(canvas)
            stroke(canvas, [(-0.18, -0.18), (0.18, 0.18)], width: 0.1)
            stroke(canvas, [(0.18, -0.18), (-0.18, 0.18)], width: 0.1)
        case .undone:
            disc(canvas)
            stroke(canvas, [(0.22, 0), (-0.22, 0)], width: 0.1)
            stroke(canvas, [(-0.05, -0.17), (-0.22, 0), (-0.05, 0.17)], width: 0.1)
        case .service, .outOfOrder: warning(canvas)
        case .closed: moon(canvas)
        case .working: dots(canvas)
        case .idle: shop(canvas)
        case .shopQR: viewfinder(canvas)
        }
        cairo_restore(pen)
    }

    private func disc(_ canvas: borrowing Canvas) {
        canvas.setColour(palette.ink)
        cairo_arc(canvas.pen, 0, 0, 0.5, 0, 2 * .pi)
        cairo_fill(canvas.pen)
        canvas.setColour(palette.background)
    }

    private func stroke(
        _ canvas: borrowing Canvas, _ points: [(Double, Double)], width: Double
    ) {
        cairo_set_line_width(canvas.pen, width)
        for (index, point) in points.enumerated() {
            if index == 0 {
                cairo_move_to(canvas.pen, point.0, point.1)
            } else {
                cairo_line_to(canvas.pen, point.0, point.1)
            }
        }
        cairo_stroke(canvas.pen)
    }

    /// A ring with one half filled.
    private func half(_ canvas: borrowing Canvas) {
        let pen = canvas.pen
        canvas.setColour(palette.ink)
        cairo_set_line_width(pen, 0.07)
        cairo_arc(pen, 0, 0, 0.46, 0, 2 * .pi)
        cairo_stroke(pen)
        cairo_arc(pen, 0, 0, 0.37, .pi / 2, 3 * .pi / 2)
        cairo_close_path(pen)
        cairo_fill(pen)
    }

    /// A triangle with an exclamation mark.
    private func warning(_ canvas: borrowing Canvas) {
        let pen = canvas.pen
        canvas.setColour(palette.ink)
        cairo_set_line_width(pen, 0.08)
        cairo_move_to(pen, 0, -0.4)
        cairo_line_to(pen, 0.45, 0.38)
        cairo_line_to(pen, -0.45, 0.38)
        cairo_close_path(pen)
        cairo_fill_preserve(pen)
        cairo_stroke(pen)
        canvas.setColour(palette.background)
        stroke(canvas, [(0, -0.16), (0, 0.1)], width: 0.09)
        cairo_arc(pen, 0, 0.25, 0.055, 0, 2 * .pi)
        cairo_fill(pen)
    }

    private func dots(_ canvas: borrowing Canvas) {
        canvas.setColour(palette.ink)
        for x in [-0.34, 0, 0.34] {
            cairo_new_sub_path(canvas.pen)
            cairo_arc(canvas.pen, x, 0, 0.12, 0, 2 * .pi)
        }
        cairo_fill(canvas.pen)
    }

    /// A shop: walls, a door, and an awning of four scallops.
    private func shop(_ canvas: borrowing Canvas) {
        let pen = canvas.pen
        canvas.setColour(palette.sign)
        stroke(canvas, [(-0.34, 0), (-0.34, 0.44), (0.34, 0.44), (0.34, 0)], width: 0.06)
        cairo_rectangle(pen, 0.04, 0.14, 0.16, 0.3)
        cairo_fill(pen)
        cairo_rectangle(pen, -0.44, -0.42, 0.88, 0.3)
        for x in [-0.33, -0.11, 0.11, 0.33] {
            cairo_new_sub_path(pen)
            cairo_arc(pen, x, -0.12, 0.11, 0, .pi)
        }
        cairo_fill(pen)
    }

    /// Four corners around a square: hold a code here.
    private func viewfinder(_ canvas: borrowing Canvas) {
        canvas.setColour(palette.sign)
        for (x, y) in [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)] {
            stroke(
                canvas, [(0.2 * x, 0.44 * y), (0.44 * x, 0.44 * y), (0.44 * x, 0.2 * y)],
                width: 0.08)
            cairo_rectangle(canvas.pen, 0.14 * x - 0.07, 0.14 * y - 0.07, 0.14, 0.14)
            cairo_fill(canvas.pen)
        }
    }
}
