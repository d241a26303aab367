/// One symbol read from a frame.
public struct DecodedSymbol: Hashable, Sendable {
    /// The kinds of symbol that the terminal reads; the raw value is the name shown to people.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A QR code (ISO/IEC 18004), whole: never one part of a structured-append set.
        case qrCode = "QR-Code"
        /// Whatever a scan engine read that does not say what it was.
        case engineCode = "Code"
    }

    /// A place in the frame, in pixels from its top left.
    public struct Corner: Hashable, Sendable {
        /// Pixels from the left.
        public let x: Int

        /// Pixels from the top.
        public let y: Int

        /// Makes a corner at a place in pixels.
        public init(x: Int, y: Int) {
            self.x = x
            self.y = y
        }
    }

    /// What kind of symbol it is.
    public let kind: Kind

    /// The payload exactly as encoded, NUL bytes included; no character set is guessed.
    public let bytes: [UInt8]

    /// The symbol's outline in the frame, to about a module; empty where it is not known.
    public let corners: [Corner]

    /// Makes a symbol as a decoder read it.
    public init(kind: Kind = .qrCode, bytes: [UInt8], corners: [Corner] = []) {
        self.kind = kind
        self.bytes = bytes
        self.corners = corners
    }
}

/// What finds symbols in frames. A decoder is confined to one thread at a time.
public protocol SymbolDecoder: AnyObject {
    /// Every symbol in the frame, each payload once, in no promised order; none is an empty list.
    ///
    /// Any frame has an answer, a frame without pixels too.
    func decode(_ frame: LumaFrame) -> [DecodedSymbol]
}
