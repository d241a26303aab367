extension ScannerReport {
    private enum Kind: UInt8 {
        case ready = 0x81
        case opened = 0x82
        case frame = 0x83
        case symbol = 0x84
        case looked = 0x85
        case nothingNew = 0x86
        case ended = 0x87
        case failed = 0x88
        case streamHeader = 0x89
    }

    /// The report as one message.
    public var encoded: [UInt8] {
        switch self {
        case .ready(let state):
            var out = WireWriter(kind: Kind.ready.rawValue)
            out.put(ScannerWire.version)
            out.put(UInt8(clamping: state.landlockVersion))
            out.put(UInt8(state.hasSeccomp ? 1 : 0))
            return out.bytes
        case .opened(let camera): return camera.encoded(kind: Kind.opened.rawValue)
        case .streamHeader(let header):
            var out = WireWriter(kind: Kind.streamHeader.rawValue)
            header.encode(to: &out)
            return out.bytes
        case .frame(let number, let age):
            var out = WireWriter(kind: Kind.frame.rawValue)
            out.put(number)
            out.put(age)
            return out.bytes
        case .symbol(let symbol): return symbol.encoded(kind: Kind.symbol.rawValue)
        case .looked(let number, let facts):
            var out = WireWriter(kind: Kind.looked.rawValue)
            out.put(number)
            out.put(facts.microseconds)
            out.put([facts.brightness, facts.glare, facts.sharpness])
            out.put(UInt8(facts.isUnchanged ? 1 : 0))
            out.put(UInt8(facts.isCutShort ? 1 : 0))
            out.put(facts.moduleTenths)
            out.put(facts.advice.rawValue)
            return out.bytes
        case .nothingNew(let number): return Self.numbered(Kind.nothingNew, number)
        case .ended(let number): return Self.numbered(Kind.ended, number)
        case .failed(let number, let failure):
            var out = WireWriter(kind: Kind.failed.rawValue)
            out.put(number)
            out.put(failure.kind.rawValue)
            for value in failure.numbers { out.put(value) }
            out.put(Array(failure.detail.utf8))
            return out.bytes
        }
    }

    private static func numbered(_ kind: Kind, _ number: UInt32) -> [UInt8] {
        var out = WireWriter(kind: kind.rawValue)
        out.put(number)
        return out.bytes
    }

    /// Reads a report; whatever is not exactly one is refused.
    public init(decoding bytes: [UInt8]) throws(ScannerWireError) {
        var reader = try WireReader(bytes)
        let kind = try reader.byte()
        switch Kind(rawValue: kind) {
        case .ready:
            let version = try reader.word()
            guard version == ScannerWire.version else { throw .versionUnknown(version) }
            self = .ready(
                SandboxState(
                    landlockVersion: try reader.byte(in: 0...255), hasSeccomp: try reader.flag()))
        case .opened: self = .opened(try OpenedCamera(reading: &reader))
        case .frame:
            self = .frame(number: try reader.long(), ageMilliseconds: try reader.long())
        case .symbol: self = .symbol(try ScannedSymbol(reading: &reader))
        case .looked: self = .looked(number: try reader.long(), try FrameFacts(reading: &reader))
        case .nothingNew: self = .nothingNew(number: try reader.long())
        case .ended: self = .ended(number: try reader.long())
        case .failed: self = .failed(number: try reader.long(), try Self.failure(&reader))
        case .streamHeader: self = .streamHeader(try StreamHeader(reading: &reader))
        case nil: throw .kindUnknown(kind)
        }
        try reader.end()
    }

    private static func failure(
        _ reader: inout WireReader
    ) throws(ScannerWireError) -> ScannerFailure {
        let kind: ScannerFailure.Kind = try reader.choice()
        let first = try reader.long()
        let second = try reader.long()
        let place = reader.position
        let text = try reader.rest(upTo: ScannerFailure.maximumDetailBytes)
        guard text.allSatisfy(ScannerFailure.isPrintable) else { throw .valueBad(at: place) }
        return ScannerFailure(kind, first, second, detail: String(decoding: text, as: UTF8.self))
    }
}

extension OpenedCamera {
    fileprivate func encoded(kind: UInt8) -> [UInt8] {
        var out = WireWriter(kind: kind)
        out.put(format?.rawValue ?? 0)
        out.put(UInt16(clamping: width))
        out.put(UInt16(clamping: height))
        out.put(UInt32(clamping: framesPerThousandSeconds))
        let told = controls.prefix(CameraRequest.maximumControls)
        out.put(UInt8(told.count))
        for control in told {
            out.put(control.id)
            out.put(control.result.rawValue)
            out.put(control.value)
        }
        return out.bytes
    }

    fileprivate init(reading reader: inout WireReader) throws(ScannerWireError) {
        let place = reader.position
        let code = try reader.long()
        let format = CameraFormat(rawValue: code)
        guard code == 0 || format != nil else { throw .valueBad(at: place) }
        let width = Int(try reader.word())
        let height = Int(try reader.word())
        let rate = Int(try reader.long())
        var controls: [CameraControlOutcome] = []
        for _ in 0..<(try reader.byte(in: 0...CameraRequest.maximumControls)) {
            controls.append(
                CameraControlOutcome(
                    id: try reader.long(), result: try reader.choice(),
                    value: try reader.signedLong()))
        }
        self.init(
            format: format, width: width, height: height, framesPerThousandSeconds: rate,
            controls: controls)
    }
}

extension ScannedSymbol {
    fileprivate func encoded(kind: UInt8) -> [UInt8] {
        var out = WireWriter(kind: kind)
        out.put(UInt8(corners.count))
        for corner in corners {
            out.put(corner.x)
            out.put(corner.y)
        }
        out.put(bytes)
        return out.bytes
    }

    fileprivate init(reading reader: inout WireReader) throws(ScannerWireError) {
        var corners: [Corner] = []
        for _ in 0..<(try reader.byte(in: 0...Self.maximumCorners)) {
            corners.append(Corner(x: try reader.signedLong(), y: try reader.signedLong()))
        }
        let place = reader.position
        guard
            let symbol = ScannedSymbol(
                bytes: try reader.rest(upTo: Self.maximumBytes), corners: corners)
        else { throw .valueBad(at: place) }
        self = symbol
    }
}

extension FrameFacts {
    fileprivate init(reading reader: inout WireReader) throws(ScannerWireError) {
        self.init(
            microseconds: try reader.long(), brightness: try reader.byte(),
            glare: try reader.byte(), sharpness: try reader.byte(),
            isUnchanged: try reader.flag(), isCutShort: try reader.flag(),
            moduleTenths: try reader.word(), advice: try reader.choice())
    }
}
