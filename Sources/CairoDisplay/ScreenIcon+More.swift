import CPangoCairo
import Screens

// The signs of what is not simply yes or no.
extension ScreenIcon {
    /// A crescent: after hours.
    func moon(_ canvas: borrowing Canvas) {
        let pen = canvas.pen
        canvas.setColour(palette.ink)
        // The outer edge, and back along a circle that is set aside: they meet at both horns.
        cairo_arc(pen, -0.06, 0, 0.44, 0.9, 2 * .pi - 0.9)
        cairo_arc_negative(pen, 0.27, 0, 0.35, 2 * .pi - 1.72, 1.72)
        cairo_close_path(pen)
        cairo_fill(pen)
    }

    /// Two arrows in a circle: again.
    func repeated(_ canvas: borrowing Canvas) {
        let pen = canvas.pen
        canvas.setColour(palette.ink)
        cairo_set_line_width(pen, 0.09)
        for start in [0.15, .pi + 0.15] {
            cairo_new_sub_path(pen)
            cairo_arc(pen, 0, 0, 0.36, start, start + .pi * 0.72)
        }
        cairo_stroke(pen)
        for angle in [0.15 + .pi * 0.8, .pi + 0.15 + .pi * 0.8] {
            cairo_save(pen)
            cairo_rotate(pen, angle)
            cairo_translate(pen, 0.36, 0)
            cairo_move_to(pen, -0.13, -0.1)
            cairo_line_to(pen, 0.13, -0.1)
            cairo_line_to(pen, 0, 0.12)
            cairo_close_path(pen)
            cairo_fill(pen)
            cairo_restore(pen)
        }
    }

    /// A phone that is turned to the camera: show it once more.
    func turn(_ canvas: borrowing Canvas) {
        let pen = canvas.pen
        canvas.setColour(palette.ink)
        cairo_save(pen)
        cairo_rotate(pen, -0.25)
        cairo_set_line_width(pen, 0.07)
        cairo_rectangle(pen, -0.2, -0.34, 0.4, 0.68)
        cairo_stroke(pen)
        for (x, y) in [(-0.1, -0.16), (0.1, -0.16), (-0.1, 0.04)] {
            cairo_rectangle(pen, x - 0.06, y - 0.06, 0.12, 0.12)
        }
        cairo_fill(pen)
        cairo_restore(pen)
        cairo_set_line_width(pen, 0.07)
        for radius in [0.36, 0.47] {
            cairo_new_sub_path(pen)
            cairo_arc(pen, 0.02, 0, radius, -0.5, 0.5)
        }
        cairo_stroke(pen)
    }

    /// A cloud with a stroke through it: no network.
    func cloud(_ canvas: borrowing Canvas) {
        let pen = canvas.pen
        canvas.setColour(palette.ink)
        for (x, y, radius) in [(-0.22, 0.06, 0.19), (0.02, -0.1, 0.25), (0.26, 0.06, 0.19)] {
            cairo_new_sub_path(pen)
            cairo_arc(pen, x, y, radius, 0, 2 * .pi)
        }
        cairo_rectangle(pen, -0.22, 0.05, 0.48, 0.2)
        cairo_fill(pen)
        for (colour, width) in [(palette.background, 0.17), (palette.ink, 0.075)] {
            canvas.setColour(colour)
            cairo_set_line_width(pen, width)
            cairo_move_to(pen, -0.38, 0.4)
            cairo_line_to(pen, 0.38, -0.4)
            cairo_stroke(pen)
        }
    }
}
