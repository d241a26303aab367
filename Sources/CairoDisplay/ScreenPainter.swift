import Screens

/// Draws a `Screen` at any size: merchant at the top, then, with a symbol, the symbol and the
/// amount side by side or one below the other, and otherwise sign, word, amount and sentences.
struct ScreenPainter {
    let screen: Screen
    private let palette: Palette

    init(_ screen: Screen, _ theme: ScreenTheme) {
        self.screen = screen
        palette = Palette.of(screen, theme)
    }

    /// The screen on a canvas of this size.
    func paint(width: Int, height: Int, as medium: Canvas.Medium = .pixels)
        throws(DrawingError) -> Canvas
    {
        let canvas = try Canvas(
            width: width, height: height, background: palette.background, as: medium)
        if let rest = screen.rest { canvas.shift(by: Self.offset(of: rest)) }
        var body = canvas.bounds
        let unit = min(canvas.bounds.width, canvas.bounds.height)
        if let banner = screen.banner {
            let height = (unit * Self.bannerShare).rounded()
            try paint(banner, canvas, body.takeTop(height))
            try paint(banner, canvas, body.takeBottom(height))
        }
        try paintBar(canvas, body.takeTop((unit * 0.11).rounded()))
        if let symbol = screen.symbol {
            try paint(symbol, canvas, body, unit)
        } else {
            try paintResult(canvas, body, unit)
        }
        return canvas
    }

    /// How far a resting screen is off its place, in pixels: more than a letter's stroke is wide on
    /// panels of usual size, and less than a margin.
    private static let shift = 4.0

    /// Around the place, never at it.
    private static func offset(of rest: ScreenRest) -> (x: Double, y: Double) {
        let around: [(x: Double, y: Double)] = [
            (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1),
        ]
        let place = around[rest.place % around.count]
        return (place.x * shift, place.y * shift)
    }

    /// How high a banner is, as a share of the screen's shorter side.
    private static let bannerShare = 0.085

    private func paint(
        _ banner: String, _ canvas: borrowing Canvas, _ strip: Box
    ) throws(DrawingError) {
        canvas.fill(strip, Palette.banner)
        canvas.notes.add(.banner, strip)
        let text = try TextBlock.fitted(
            banner, on: canvas, in: strip.inset(strip.height * 0.08), largest: strip.height * 0.6,
            smallest: strip.height * 0.3, weight: .bold, centred: true)
        text.draw(
            on: canvas, x: strip.x + strip.height * 0.08,
            y: strip.y + (strip.height - text.height) / 2, Palette.bannerInk)
    }

    private func paintBar(_ canvas: borrowing Canvas, _ bar: Box) throws(DrawingError) {
        canvas.fill(bar, palette.bar)
        canvas.notes.add(.bar, bar)
        let margin = bar.height * 0.35
        let column = Box(
            x: bar.x + margin, y: bar.y, width: bar.width - 2 * margin, height: bar.height)
        let name = try TextBlock.fitted(
            screen.merchant, on: canvas, in: column, largest: bar.height * 0.5,
            smallest: bar.height * 0.3, weight: .bold, centred: true)
        name.draw(
            on: canvas, x: column.x, y: bar.y + (bar.height - name.height) / 2, palette.barInk)
    }

    // MARK: With a symbol

    private func paint(
        _ symbol: SymbolMatrix, _ canvas: borrowing Canvas, _ body: Box, _ unit: Double
    ) throws(DrawingError) {
        // The symbol takes as much as leaves the amount a readable column, or a readable band.
        let beside = min(body.height, body.width * 0.62)
        let above = min(body.width, body.height * 0.66)
        let isBeside = beside >= above
        let pixels = try Canvas.modulePixels(symbol, side: max(beside, above))
        let side = (symbol.size + 2 * Canvas.quietZone) * pixels
        let margin = unit * 0.04
        let isMirrored = screen.isRightToLeft
        if isBeside {
            paint(
                symbol, canvas, x: isMirrored ? body.x + body.width - Double(side) : body.x,
                y: body.y + (body.height - Double(side)) / 2, pixels, side)
            var column = body
            // On white the quiet zone is the gap; on any other ground the symbol is a white square.
            let gap = palette.background == .white ? 0 : margin / 2
            column.x += isMirrored ? margin : Double(side) + gap
            column.width -= Double(side) + margin + gap
            column = Box(
                x: column.x, y: column.y + margin, width: column.width,
                height: column.height - 2 * margin)
            try paintColumn(canvas, column, unit)
        } else {
            paint(
                symbol, canvas, x: body.x + (body.width - Double(side)) / 2,
                y: body.y + body.height - Double(side), pixels, side)
            var band = body
            band.height -= Double(side)
            try paintColumn(
                canvas,
                Box(
                    x: band.x + margin, y: band.y + margin, width: band.width - 2 * margin,
                    height: band.height - margin), unit)
        }
    }

    /// The symbol on whole pixels.
    private func paint(
        _ symbol: SymbolMatrix, _ canvas: borrowing Canvas, x: Double, y: Double, _ pixels: Int,
        _ side: Int
    ) {
        canvas.draw(symbol, x: Int(x), y: Int(y), modulePixels: pixels)
        canvas.notes.add(
            .symbol,
            Box(
                x: x.rounded(.down), y: y.rounded(.down), width: Double(side), height: Double(side))
        )
    }

    /// A text in the middle of its column, as the part that it is.
    private func paint(
        _ part: ScreenPart, _ text: borrowing TextBlock, _ canvas: borrowing Canvas, _ column: Box,
        y: Double
    ) {
        text.draw(on: canvas, x: column.x, y: y, palette.ink)
        guard text.width > 0 else { return }
        canvas.notes.add(
            part,
            Box(
                x: column.x + (column.width - text.width) / 2, y: y, width: text.width,
                height: text.height))
    }

    /// Word, amount and sentences, in the middle of the column; small print at its foot.
    private func paintColumn(
        _ canvas: borrowing Canvas, _ column: Box, _ unit: Double
    ) throws(DrawingError) {
        var rest = column
        if let footer = screen.footer { try paintFooter(footer, canvas, &rest, unit) }
        if let countdown = screen.countdown { try paintCountdown(countdown, canvas, &rest, unit) }
        try paintWords(canvas, rest, unit, scale: 1)
    }

    /// The words beside a symbol; where the sentences have no room, once more with a smaller word
    /// and amount.
    private func paintWords(
        _ canvas: borrowing Canvas, _ rest: Box, _ unit: Double, scale: Double
    ) throws(DrawingError) {
        let smallest = max(unit * 0.035, 11)
        let gap = unit * 0.03
        let headline = try TextBlock.fitted(
            screen.headline, on: canvas, in: rest, largest: unit * 0.08 * scale, smallest: smallest,
            lines: 2, weight: .bold, centred: true)
        let amount = try TextBlock.fitted(
            screen.amount ?? "", on: canvas, in: rest, largest: unit * 0.2 * scale,
            smallest: smallest,
            lines: 1, weight: .bold, centred: true)
        let used = headline.height + amount.height + 2 * gap
        var room = rest
        room.height = max(0, rest.height - used)
        let sentences = try TextBlock.fitted(
            screen.lines.joined(separator: "\n"), on: canvas, in: room, largest: unit * 0.055,
            smallest: smallest, lines: 6, centred: true)
        if headline.isCut || amount.isCut || sentences.isCut, scale > Self.smallestScale {
            return try paintWords(canvas, rest, unit, scale: scale * Self.shrinking)
        }
        let hasSentences = !screen.lines.isEmpty && room.height > smallest * 1.2
        let total = used + (hasSentences ? sentences.height : -gap)
        var y = rest.y + max(0, (rest.height - total) / 2)
        paint(.headline, headline, canvas, rest, y: y)
        y += headline.height + gap
        paint(.amount, amount, canvas, rest, y: y)
        y += amount.height + gap
        if hasSentences { paint(.sentences, sentences, canvas, rest, y: y) }
    }

    private func paintFooter(
        _ footer: String, _ canvas: borrowing Canvas, _ rest: inout Box, _ unit: Double
    ) throws(DrawingError) {
        let strip = rest.takeBottom(unit * 0.07)
        let text = try TextBlock.fitted(
            footer, on: canvas, in: strip, largest: unit * 0.038, smallest: max(unit * 0.025, 9),
            lines: 2, centred: true)
        paint(.footer, text, canvas, strip, y: strip.y + strip.height - text.height)
    }

    private func paintCountdown(
        _ countdown: String, _ canvas: borrowing Canvas, _ rest: inout Box, _ unit: Double
    ) throws(DrawingError) {
        let strip = rest.takeBottom(unit * 0.075)
        let text = try TextBlock.fitted(
            countdown, on: canvas, in: strip, largest: unit * 0.045,
            smallest: max(unit * 0.03, 10), weight: .bold, centred: true)
        paint(
            .countdown, text, canvas, strip, y: strip.y + (strip.height - text.height) / 2)
    }

    /// Where nothing was paid.
    private static let wordFirst: Set<ScreenKind> = [
        .declined, .again, .retry, .network, .outOfOrder,
    ]

    // MARK: Without a symbol

    private func paintResult(
        _ canvas: borrowing Canvas, _ body: Box, _ unit: Double
    ) throws(DrawingError) {
        var rest = body.inset(unit * 0.04)
        if let footer = screen.footer { try paintFooter(footer, canvas, &rest, unit) }
        if let countdown = screen.countdown { try paintCountdown(countdown, canvas, &rest, unit) }
        try paintResult(canvas, rest, unit, scale: 1)
    }

    /// How far signs, words and amounts give way to sentences, and in which steps.
    private static let smallestScale = 0.4
    private static let shrinking = 0.9

    private func paintResult(
        _ canvas: borrowing Canvas, _ rest: Box, _ unit: Double, scale: Double
    ) throws(DrawingError) {
        // Where nothing was paid, the word is larger than the amount: nobody shall mistake it.
        let isWordFirst = Self.wordFirst.contains(screen.kind)
        let smallest = max(unit * 0.04, 11)
        let gap = unit * 0.025
        let icon = unit * (screen.amount == nil ? 0.32 : 0.21) * scale
        let headline = try TextBlock.fitted(
            screen.headline, on: canvas, in: rest,
            largest: unit * (isWordFirst ? 0.14 : 0.1) * scale,
            smallest: smallest, lines: 2, weight: .bold, centred: true)
        let amount = try TextBlock.fitted(
            screen.amount ?? "", on: canvas, in: rest,
            largest: unit * (isWordFirst ? 0.09 : 0.17) * scale,
            smallest: smallest, weight: .bold, centred: true)
        let amountHeight = screen.amount == nil ? 0 : amount.height + gap
        var room = rest
        room.height = max(0, rest.height - icon - headline.height - amountHeight - 2 * gap)
        let sentences = try TextBlock.fitted(
            screen.lines.joined(separator: "\n"), on: canvas, in: room, largest: unit * 0.065,
            smallest: smallest, lines: 5, centred: true)
        if headline.isCut || amount.isCut || sentences.isCut, scale > Self.smallestScale {
            return try paintResult(canvas, rest, unit, scale: scale * Self.shrinking)
        }
        let sentencesHeight = screen.lines.isEmpty ? 0 : sentences.height + gap
        let total = icon + gap + headline.height + amountHeight + sentencesHeight
        var y = rest.y + max(0, (rest.height - total) / 2)
        let sign = Box(x: rest.x + (rest.width - icon) / 2, y: y, width: icon, height: icon)
        ScreenIcon(kind: screen.kind, palette: palette).draw(on: canvas, in: sign)
        canvas.notes.add(.icon, sign)
        y += icon + gap
        paint(.headline, headline, canvas, rest, y: y)
        y += headline.height
        if screen.amount != nil {
            paint(.amount, amount, canvas, rest, y: y + gap / 2)
            y += amountHeight
        }
        if !screen.lines.isEmpty {
            paint(.sentences, sentences, canvas, rest, y: y + gap)
        }
    }
}
