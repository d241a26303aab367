import CScanner
import FileCamera
import Glibc
import ProcessScanner
import ScannerProtocol
import Terminal
import V4L2Camera
import ZBarDecoder

/// Carries out a daemon's orders, one after the other, until the daemon closes its end.
final class Servant {
    /// What is looked through.
    private enum Eye {
        case none
        case stream(StreamCamera)
        case camera(V4L2Camera)
    }

    /// Seconds of processor time after which the process ends, whatever it does: an orphan that
    /// loops must not do so for ever. The daemon replaces it long before.
    private static let processorSeconds: UInt64 = 7_200

    /// How many times the budget a frame may take before the process ends itself. The daemon ends
    /// it earlier; this is for one whose daemon has gone.
    private static let alarmFactor = 8

    private let channel: ScannerChannel
    private var decoder = ZBarDecoder()
    private var plan = LookingPlan(cascades: DecodingCascade.live)
    private var budgetMilliseconds = 100
    private var eye = Eye.none
    private var toldHeader = false
    /// What the last frame showed: it stays so while the scene does.
    private var aim: FrameAim?

    private init(channel: ScannerChannel) {
        self.channel = channel
    }

    /// Shuts the process in, says so, and serves; answers with the process's exit code.
    static func serve(memoryMiB: UInt64) -> Int32 {
        let inherited = ScannerChannel.inheritedDescriptor
        Inheritance.closeAllAbove(inherited)
        let channel = ScannerChannel(owning: inherited)
        let servant = Servant(channel: channel)
        // Before the walls go up: what libraries load on first use, they load now.
        guard SelfTest.passes(servant.decoder) else { return 1 }
        var limits = till_sandbox_limits(
            memory_bytes: memoryMiB << 20, processor_seconds: processorSeconds)
        var state = till_sandbox_state()
        guard till_sandbox_enter(&limits, &state) == 0 else { return 1 }
        do throws(ScannerChannelError) {
            try servant.send(
                .ready(
                    SandboxState(
                        landlockVersion: Int(state.landlock), hasSeccomp: state.seccomp != 0)))
            while true { try servant.obeyNext() }
        } catch {
            // The daemon has closed its end, or sent what is no order: either is the end.
            return error == .closed ? 0 : 1
        }
    }

    private func send(_ report: ScannerReport) throws(ScannerChannelError) {
        try channel.send(report.encoded)
    }

    private func obeyNext() throws(ScannerChannelError) {
        guard let datagram = try channel.receive(timeoutMilliseconds: -1) else { return }
        let order: ScannerOrder
        do throws(ScannerWireError) { order = try ScannerOrder(decoding: datagram.bytes) } catch {
            throw .failed("no order: \(error)")
        }
        guard (datagram.descriptor != nil) == (order.descriptorCount == 1) else {
            throw .failed("an order without its descriptor")
        }
        switch order {
        case .begin(let cascade, let budget):
            budgetMilliseconds = budget
            decoder = ZBarDecoder(cascade: DecodingCascade(cascade))
            plan = LookingPlan(
                cascades: cascade == .standard
                    ? DecodingCascade.live : [DecodingCascade(cascade)])
        case .picture(let number, let byteCount):
            guard let descriptor = datagram.descriptor?.take() else { return }
            try lookAtPicture(number, byteCount, descriptor)
        case .stream(let layout):
            guard let descriptor = datagram.descriptor?.take() else { return }
            try openStream(descriptor, layout)
        case .camera(let request):
            guard let descriptor = datagram.descriptor?.take() else { return }
            try openCamera(descriptor, request)
        case .look(let number, let timeout):
            try look(number, timeout)
        }
    }

    // MARK: Opening

    private func openStream(
        _ descriptor: Int32, _ layout: StreamLayout
    ) throws(ScannerChannelError) {
        do throws(CameraError) {
            // Only a Y4M stream that is read from its beginning has a header to tell of.
            toldHeader = layout != .y4m
            let kind: StreamCamera.Layout =
                switch layout {
                case .y4m: .y4m
                case .grey(let width, let height): .grey(width: width, height: height)
                case .y4mFrames(let header):
                    .y4mFrames(
                        width: header.width, height: header.height,
                        chromaBytes: header.chromaBytes)
                }
            let stream = try StreamCamera(owning: descriptor, name: "stream", layout: kind)
            eye = .stream(stream)
            let shape = stream.frameShape
            try report(
                .opened(
                    OpenedCamera(
                        format: nil, width: shape?.width ?? 0, height: shape?.height ?? 0,
                        framesPerThousandSeconds: 0, controls: [])))
        } catch {
            eye = .none
            try send(.failed(number: 0, ScannerFailure(error)))
        }
    }

    /// Sends within a scope that speaks of cameras: a channel that fails ends the process later,
    /// at the next receiving.
    private func report(_ report: ScannerReport) throws(CameraError) {
        do throws(ScannerChannelError) { try send(report) } catch {
            throw .decoderUnavailable(detail: "the daemon has gone")
        }
    }

    private func openCamera(
        _ descriptor: Int32, _ request: CameraRequest
    ) throws(ScannerChannelError) {
        // The old one first: it may be the same device, which has one set of buffers.
        eye = .none
        let camera: V4L2Camera
        do throws(V4L2Error) {
            camera = try V4L2Camera(owning: descriptor, request: request)
        } catch {
            try send(.failed(number: 0, ScannerFailure(error)))
            return
        }
        eye = .camera(camera)
        plan.forget()
        try send(.opened(camera.opened))
    }

    // MARK: Looking

    private func lookAtPicture(
        _ number: UInt32, _ byteCount: Int, _ descriptor: Int32
    ) throws(ScannerChannelError) {
        defer { close(descriptor) }
        try begin(number, age: 0)
        defer { _ = till_processor_alarm(0) }
        let frame: LumaFrame
        do throws(CameraError) {
            frame = try SealedPicture.decode(
                descriptor: descriptor, byteCount: byteCount, name: "picture")
        } catch {
            try send(.failed(number: number, ScannerFailure(error)))
            return
        }
        let start = Processor.microseconds()
        let end = start + UInt64(budgetMilliseconds) * 1_000
        let pixels = frame.pixels.span
        let look = decoder.decode(pixels, width: frame.width, height: frame.height) {
            Processor.microseconds() < end
        }
        let picture = FramePicture(pixels, width: frame.width, height: frame.height)
        let aim = FrameAim(
            pixels, width: frame.width, height: frame.height, picture: picture,
            wasRead: !look.symbols.isEmpty, hasMoved: false)
        try tell(
            number, look.symbols,
            picture.facts(
                microseconds: Processor.microseconds() - start, isUnchanged: false,
                isCutShort: look.isCutShort, aim: aim))
    }

    private func look(_ number: UInt32, _ timeout: Int) throws(ScannerChannelError) {
        switch eye {
        case .none: try send(.failed(number: number, ScannerFailure(.orderUnfit)))
        case .stream(let stream): try lookAtStream(stream, number, timeout)
        case .camera(let camera): try lookThrough(camera, number, timeout)
        }
    }

    private func lookAtStream(
        _ stream: StreamCamera, _ number: UInt32, _ timeout: Int
    ) throws(ScannerChannelError) {
        let view: CameraView
        do throws(CameraError) {
            view = try stream.next(timeoutMilliseconds: timeout)
        } catch {
            try send(.failed(number: number, ScannerFailure(error)))
            return
        }
        if !toldHeader, let shape = stream.frameShape,
            let header = StreamHeader(
                width: shape.width, height: shape.height, chromaBytes: shape.chromaBytes)
        {
            toldHeader = true
            try send(.streamHeader(header))
        }
        switch view {
        case .frame(let frame, _):
            try decode(frame.pixels.span, frame.width, frame.height, number: number, age: 0)
        case .ended: try send(.ended(number: number))
        case .nothingNew, .empty, .unreadable: try send(.nothingNew(number: number))
        }
    }

    private func lookThrough(
        _ camera: V4L2Camera, _ number: UInt32, _ timeout: Int
    ) throws(ScannerChannelError) {
        var fault: ScannerChannelError?
        let answer: V4L2Camera.Answer<Void>
        do throws(V4L2Error) {
            answer = try camera.look(timeoutMilliseconds: timeout) { pixels, facts in
                do throws(ScannerChannelError) {
                    try decode(
                        pixels, facts.width, facts.height, number: number,
                        age: facts.ageMilliseconds)
                } catch {
                    fault = error
                }
            }
        } catch {
            eye = .none
            try send(.failed(number: number, ScannerFailure(error)))
            return
        }
        if let fault { throw fault }
        switch answer {
        case .looked: break
        case .damaged(let detail):
            try send(.failed(number: number, ScannerFailure(.pictureDamaged, detail: detail)))
        case .nothingNew: try send(.nothingNew(number: number))
        }
    }

    /// Decodes one frame of a live camera, as the plan has it, and tells what it held.
    private func decode(
        _ pixels: Span<UInt8>, _ width: Int, _ height: Int, number: UInt32, age: Int
    ) throws(ScannerChannelError) {
        try begin(number, age: age)
        defer { _ = till_processor_alarm(0) }
        let start = Processor.microseconds()
        let picture = FramePicture(pixels, width: width, height: height)
        let step = plan.next(for: picture)
        guard let cascade = step.cascade else {
            try tell(
                number, step.known,
                picture.facts(
                    microseconds: Processor.microseconds() - start, isUnchanged: true,
                    isCutShort: false, aim: aim))
            return
        }
        let end = start + UInt64(budgetMilliseconds) * 1_000
        let look = decoder.decode(pixels, width: width, height: height, by: cascade) {
            Processor.microseconds() < end
        }
        plan.note(look.symbols, isWhole: !look.isCutShort)
        aim = FrameAim(
            pixels, width: width, height: height, picture: picture,
            wasRead: !look.symbols.isEmpty, hasMoved: step.hasMoved)
        try tell(
            number, look.symbols,
            picture.facts(
                microseconds: Processor.microseconds() - start, isUnchanged: false,
                isCutShort: look.isCutShort, aim: aim))
    }

    private func begin(_ number: UInt32, age: Int) throws(ScannerChannelError) {
        try send(.frame(number: number, ageMilliseconds: UInt32(clamping: age)))
        _ = till_processor_alarm(UInt32(clamping: budgetMilliseconds * Self.alarmFactor))
    }

    private func tell(
        _ number: UInt32, _ symbols: [DecodedSymbol], _ facts: FrameFacts
    ) throws(ScannerChannelError) {
        for symbol in symbols.prefix(ScannerWire.maximumSymbolsPerFrame) {
            let corners = symbol.corners.prefix(ScannedSymbol.maximumCorners).map { corner in
                ScannedSymbol.Corner(x: Int32(clamping: corner.x), y: Int32(clamping: corner.y))
            }
            guard let scanned = ScannedSymbol(bytes: symbol.bytes, corners: corners) else {
                continue
            }
            try send(.symbol(scanned))
        }
        try send(.looked(number: number, facts))
    }
}

extension DecodingCascade {
    /// The cascade that the protocol calls so.
    fileprivate init(_ name: ScannerCascade) {
        switch name {
        case .standard: self = .standard
        case .c: self = .c
        case .plain: self = .plain
        }
    }
}

extension ScannerFailure {
    fileprivate init(_ error: V4L2Error) {
        switch error {
        case .unusable(let detail): self.init(.cameraUnusable, detail: detail)
        case .gone: self.init(.cameraGone)
        case .silent(let milliseconds): self.init(.cameraSilent, UInt32(clamping: milliseconds))
        }
    }
}

/// Processor time of this process, which has one thread. (While its alarm is armed, the kernel brings
/// the process's own clock up to date at ticks alone.)
enum Processor {
    static func microseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1_000
    }
}
