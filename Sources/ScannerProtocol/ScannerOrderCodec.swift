extension ScannerOrder {
    private enum Kind: UInt8 {
        case begin = 0x01
        case picture = 0x02
        case stream = 0x03
        case camera = 0x04
        case look = 0x05
    }

    /// The order as one message.
    public var encoded: [UInt8] {
        switch self {
        case .begin(let cascade, let budget):
            var out = WireWriter(kind: Kind.begin.rawValue)
            out.put(ScannerWire.version)
            out.put(cascade.rawValue)
            out.put(UInt32(clamping: budget))
            return out.bytes
        case .picture(let number, let byteCount):
            var out = WireWriter(kind: Kind.picture.rawValue)
            out.put(number)
            out.put(UInt32(clamping: byteCount))
            return out.bytes
        case .stream(let layout):
            var out = WireWriter(kind: Kind.stream.rawValue)
            layout.encode(to: &out)
            return out.bytes
        case .camera(let request):
            var out = WireWriter(kind: Kind.camera.rawValue)
            out.put(UInt16(clamping: request.width))
            out.put(UInt16(clamping: request.height))
            out.put(UInt8(clamping: request.framesPerSecond))
            out.put(request.format?.rawValue ?? 0)
            out.put(UInt8(clamping: request.controls.count))
            for control in request.controls {
                out.put(control.id)
                out.put(control.value)
            }
            return out.bytes
        case .look(let number, let timeout):
            var out = WireWriter(kind: Kind.look.rawValue)
            out.put(number)
            out.put(UInt32(clamping: timeout))
            return out.bytes
        }
    }

    /// Reads an order; whatever is not exactly one is refused.
    public init(decoding bytes: [UInt8]) throws(ScannerWireError) {
        var reader = try WireReader(bytes)
        let kind = try reader.byte()
        switch Kind(rawValue: kind) {
        case .begin:
            let version = try reader.word()
            guard version == ScannerWire.version else { throw .versionUnknown(version) }
            self = .begin(
                cascade: try reader.choice(), budgetMilliseconds: try reader.long(in: 1...60_000))
        case .picture:
            self = .picture(
                number: try reader.long(),
                byteCount: try reader.long(in: 1...ScannerWire.maximumPictureBytes))
        case .stream:
            self = .stream(try StreamLayout(reading: &reader))
        case .camera:
            self = .camera(try CameraRequest(reading: &reader))
        case .look:
            self = .look(
                number: try reader.long(),
                timeoutMilliseconds: try reader.long(
                    in: 0...ScannerWire.maximumTimeoutMilliseconds))
        case nil:
            throw .kindUnknown(kind)
        }
        try reader.end()
    }
}

extension StreamLayout {
    private enum Kind: UInt8 {
        case y4m = 0
        case grey = 1
        case y4mFrames = 2
    }

    fileprivate func encode(to out: inout WireWriter) {
        switch self {
        case .y4m: out.put(Kind.y4m.rawValue)
        case .grey(let width, let height):
            out.put(Kind.grey.rawValue)
            out.put(UInt16(clamping: width))
            out.put(UInt16(clamping: height))
        case .y4mFrames(let header):
            out.put(Kind.y4mFrames.rawValue)
            header.encode(to: &out)
        }
    }

    fileprivate init(reading reader: inout WireReader) throws(ScannerWireError) {
        let kind: Kind = try reader.choice()
        switch kind {
        case .y4m: self = .y4m
        case .grey:
            self = .grey(
                width: try reader.word(in: 1...0xFFFF), height: try reader.word(in: 1...0xFFFF))
        case .y4mFrames: self = .y4mFrames(try StreamHeader(reading: &reader))
        }
    }
}

extension StreamHeader {
    func encode(to out: inout WireWriter) {
        out.put(UInt16(clamping: width))
        out.put(UInt16(clamping: height))
        out.put(UInt32(clamping: chromaBytes))
    }

    init(reading reader: inout WireReader) throws(ScannerWireError) {
        let place = reader.position
        let header = StreamHeader(
            width: Int(try reader.word()), height: Int(try reader.word()),
            chromaBytes: Int(try reader.long()))
        guard let header else { throw .valueBad(at: place) }
        self = header
    }
}

extension CameraRequest {
    fileprivate init(reading reader: inout WireReader) throws(ScannerWireError) {
        let width = try reader.word(in: 1...0xFFFF)
        let height = try reader.word(in: 1...0xFFFF)
        let rate = try reader.byte(in: 1...255)
        let place = reader.position
        let code = try reader.long()
        let format = CameraFormat(rawValue: code)
        guard code == 0 || format != nil else { throw .valueBad(at: place) }
        var controls: [CameraControlSetting] = []
        for _ in 0..<(try reader.byte(in: 0...Self.maximumControls)) {
            controls.append(
                CameraControlSetting(id: try reader.long(), value: try reader.signedLong()))
        }
        self.init(
            width: width, height: height, framesPerSecond: rate, format: format,
            controls: controls)
    }
}
