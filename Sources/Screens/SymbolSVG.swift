extension SymbolMatrix {
    /// The symbol as an SVG 1.1 document, a unit to a module, black on white, with its quiet zone
    /// of `quietZone` modules: it can be enlarged and printed without losing an edge.
    public func svg(quietZone: Int = 4, mark: SymbolMark? = nil) -> String {
        precondition(quietZone >= 0, "a quiet zone is not negative")
        let side = size + 2 * quietZone
        var path = ""
        for y in 0..<size {
            var x = 0
            while x < size {
                // A run of dark modules is one rectangle, so that nothing shows between them.
                var end = x
                while isDark(end, y) { end += 1 }
                if end > x {
                    path += "M\(x + quietZone) \(y + quietZone)h\(end - x)v1h-\(end - x)z"
                }
                x = end + 1
            }
        }
        var text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" version="1.1" viewBox="0 0 \(side) \(side)" \
            shape-rendering="crispEdges">
            <rect width="\(side)" height="\(side)" fill="#fff"/>
            <path d="\(path)" fill="#000"/>

            """
        for part in mark?.parts(in: self) ?? [] {
            let (x, y) = (part.x + Double(quietZone), part.y + Double(quietZone))
            text +=
                "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(part.width)\" height=\"\(part.height)\" "
                + "fill=\"\(part.isDark ? "#000" : "#fff")\"/>\n"
        }
        return text + "</svg>\n"
    }
}
