import CPangoCairo

/// The fonts of this machine, as far as screens need them.
public enum InstalledFonts {
    /// The family that screens are drawn with.
    public static var screenFamily: String { TextBlock.family }

    /// Whether it is installed; where it is not, Pango draws with another one, or with none.
    public static var hasScreenFont: Bool {
        guard let map = pango_cairo_font_map_get_default() else { return false }
        var families: UnsafeMutablePointer<UnsafeMutablePointer<PangoFontFamily>?>?
        var count: Int32 = 0
        pango_font_map_list_families(map, &families, &count)
        defer { g_free(families) }
        guard let families else { return false }
        return (0..<Int(count)).contains { index in
            guard let family = families[index], let name = pango_font_family_get_name(family)
            else { return false }
            return String(cString: name) == screenFamily
        }
    }
}
