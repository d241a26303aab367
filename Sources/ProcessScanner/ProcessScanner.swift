internal import CScanner
import Glibc
public import ScannerProtocol
public import Screens
public import Terminal

/// A scanner in a process of its own, which has neither files nor network and is replaced when it
/// stalls, dies or grows.
///
/// What strangers hold up is unpacked and decoded there alone. A frame that the decoder does not
/// survive is told as unreadable, and the next one meets a new process.
public final class ProcessScanner: Scanner {
    /// What is looked at.
    public enum Source {
        /// Still pictures, read here and decoded there.
        case pictures(any PictureSource)
        /// A pipe or file of frames at a path.
        case stream(path: String, StreamLayout)
        /// A V4L2 device at a path, best one of `/dev/v4l/by-id`, which does not change.
        case camera(path: String, CameraRequest)
    }

    private let program: String
    private let source: Source
    private let cascade: ScannerCascade
    private let limits: ScannerLimits
    private let note: (ScannerNote) -> Void

    private var child: ScannerChild?
    private var isReady = false
    private var isOpen = false
    private var number: UInt32 = 0
    private var frames = 0
    private var firstResidentKiB: Int?
    private var failedStarts = 0
    private var nextStart = 0
    private var stream: OpenStream?
    private var broken: CameraError?

    /// What the stream or camera that is open agreed to; nil while none is.
    public private(set) var opened: OpenedCamera?

    /// What the last frame looked like.
    public private(set) var lastFacts: FrameFacts?

    /// What would have helped a code in the last frame to be read.
    public var hint: AimHint? { lastFacts.flatMap { AimHint($0.advice) } }

    /// Makes a scanner that runs the program at a path; nothing is started before the first look.
    public init(
        program: String, source: Source, cascade: ScannerCascade = .standard,
        limits: ScannerLimits = ScannerLimits(), note: @escaping (ScannerNote) -> Void = { _ in }
    ) {
        self.program = program
        self.source = source
        self.cascade = cascade
        self.limits = limits
        self.note = note
    }

    /// The process that decodes now, for tests and technicians; nil while there is none.
    public var processIdentifier: Int32? { child?.process }

    /// Looks at the next picture or frame, with a new process where the last one has gone.
    public func look(timeoutMilliseconds: Int) throws(CameraError) -> ScannerView {
        if let broken { throw broken }
        let child = try readyChild()
        let view: ScannerView
        switch source {
        case .pictures(let pictures):
            view = try lookAtPicture(of: pictures, timeoutMilliseconds)
        case .stream(let path, _), .camera(let path, _):
            if !isOpen { try openSource(child) }
            view = try lookAtFrame(child, path, timeoutMilliseconds)
        }
        if case .looked = view { renewWhenGrown() }
        return view
    }

    // MARK: The process

    private func readyChild() throws(CameraError) -> ScannerChild {
        if let child, isReady {
            // One that ended between two looks did so over no frame.
            guard let how = child.ending() else { return child }
            note(.renewed(why: "it had ended: \(how)"))
            discard()
        }
        let child = if let child = self.child { child } else { try start() }
        do throws(ScannerChannelError) {
            let budget = limits.frameMilliseconds * 2 / 3
            let isStill = if case .pictures = source { true } else { false }
            try child.channel.send(
                ScannerOrder.begin(
                    cascade: cascade,
                    budgetMilliseconds: isStill ? limits.pictureMilliseconds : budget
                ).encoded)
            guard
                let answer = try child.channel.receive(
                    timeoutMilliseconds: limits.startMilliseconds),
                case .ready(let state) = Self.report(answer)
            else { throw .failed("it does not say that it is ready") }
            isReady = true
            failedStarts = 0
            note(.started(landlockVersion: state.landlockVersion))
            return child
        } catch {
            let how = child.bury()
            discard()
            delayNextStart()
            if case .failed(let why) = error { throw .decoderUnavailable(detail: why) }
            throw .decoderUnavailable(detail: "it ended at once: \(how)")
        }
    }

    private func start() throws(CameraError) -> ScannerChild {
        guard Clock.milliseconds() >= nextStart else {
            throw .decoderUnavailable(detail: "it is started again in a moment")
        }
        let isStill = if case .pictures = source { true } else { false }
        do throws(ScannerChannelError) {
            let memory =
                isStill ? ScannerLimits.pictureMemoryMiB : ScannerLimits.cameraMemoryMiB
            let started = try ScannerChild(program: program, memoryMiB: memory)
            child = started
            frames = 0
            firstResidentKiB = nil
            return started
        } catch {
            delayNextStart()
            if case .failed(let why) = error { throw .decoderUnavailable(detail: why) }
            throw .decoderUnavailable(detail: "no channel to it")
        }
    }

    private func delayNextStart() {
        failedStarts = min(failedStarts + 1, 7)
        let rest = ScannerLimits.restMilliseconds / 100 << (failedStarts - 1)
        nextStart = Clock.milliseconds() + min(rest, ScannerLimits.restMilliseconds)
    }

    /// Forgets the process, which ends with it.
    private func discard() {
        child = nil
        isReady = false
        isOpen = false
        opened = nil
    }

    /// Kills the process over a frame, and starts the next at once, so that it is ready when asked.
    private func replace() -> String {
        let how = child?.bury() ?? "gone"
        discard()
        // Where that fails, the next look tries again and says so.
        do { _ = try start() } catch {}
        return how
    }

    private func renewWhenGrown() {
        frames += 1
        guard let child else { return }
        if frames >= limits.framesPerProcess {
            note(.renewed(why: "\(frames) frames"))
            discard()
        } else if frames.isMultiple(of: ScannerLimits.framesPerMemoryCheck),
            let resident = child.residentKiB()
        {
            let first = firstResidentKiB ?? resident
            firstResidentKiB = first
            if resident - first > limits.growthKiB {
                note(.renewed(why: "it grew from \(first) to \(resident) KiB"))
                discard()
            }
        }
    }

    private static func report(_ datagram: ScannerDatagram) -> ScannerReport? {
        // No report brings a descriptor; one that does is closed unseen.
        guard datagram.descriptor == nil else { return nil }
        do { return try ScannerReport(decoding: datagram.bytes) } catch { return nil }
    }

    // MARK: Pictures

    private func lookAtPicture(
        of pictures: any PictureSource, _ timeout: Int
    ) throws(CameraError) -> ScannerView {
        switch try pictures.next(timeoutMilliseconds: timeout) {
        case .picture(let bytes, let name):
            switch try decode(bytes, name) {
            case .looked(let symbols): return .looked(symbols, name: name)
            case .failed(let failure):
                try pictures.reject()
                return .unreadable(failure.cameraError(name), name: name)
            case .tooSlow(let milliseconds):
                try pictures.reject()
                return .unreadable(
                    .decoderTooSlow(name: name, milliseconds: milliseconds), name: name)
            case .died(let how):
                try pictures.reject()
                return .unreadable(.decoderDied(name: name, detail: how), name: name)
            case .nothingNew, .ended:
                try pictures.reject()
                return .unreadable(
                    .decoderDied(name: name, detail: "an answer to another question"), name: name)
            }
        case .unreadable(let error, let name): return .unreadable(error, name: name)
        case .empty: return .empty
        case .nothingNew: return .nothingNew
        case .ended: return .ended
        }
    }

    private func decode(_ bytes: [UInt8], _ name: String) throws(CameraError) -> Outcome {
        var file: Int32 = -1
        let code = till_sealed_file(bytes, bytes.count, &file)
        guard code == 0 else {
            throw .decoderUnavailable(detail: String(cString: strerror(code)))
        }
        defer { close(file) }
        // A process that had ended unseen is no fault of this picture: it gets a second one.
        for _ in 0..<2 {
            let child = try readyChild()
            number &+= 1
            do throws(ScannerChannelError) {
                let order = ScannerOrder.picture(number: number, byteCount: bytes.count)
                try child.channel.send(order.encoded, descriptor: file)
            } catch {
                _ = replace()
                continue
            }
            return collect(
                from: child, idleMilliseconds: limits.graceMilliseconds,
                frameMilliseconds: limits.pictureMilliseconds)
        }
        throw .decoderUnavailable(detail: "it takes no picture")
    }

    // MARK: Frames

    private func openSource(_ child: ScannerChild) throws(CameraError) {
        let order: ScannerOrder
        let path: String
        let descriptor: Int32
        switch source {
        case .pictures: return
        case .stream(let streamPath, let layout):
            path = streamPath
            let stream = if let stream = self.stream { stream } else { try OpenStream(path: path) }
            self.stream = stream
            if layout == .y4m, let header = stream.header {
                order = .stream(.y4mFrames(header))
            } else {
                order = .stream(layout)
            }
            descriptor = stream.descriptor
        case .camera(let devicePath, let request):
            path = devicePath
            order = .camera(request)
            descriptor = try Self.openDevice(path)
        }
        // A stream stays open here: the next process goes on with it. A camera is opened anew.
        defer { if case .camera = source { close(descriptor) } }
        let answer: ScannerDatagram?
        do throws(ScannerChannelError) {
            try child.channel.send(order.encoded, descriptor: descriptor)
            answer = try child.channel.receive(timeoutMilliseconds: limits.openMilliseconds)
        } catch {
            throw .decoderDied(name: path, detail: replace())
        }
        switch answer.flatMap(Self.report) {
        case .opened(let camera):
            isOpen = true
            opened = camera
        case .failed(_, let failure):
            throw failure.cameraError(path)
        default:
            _ = replace()
            throw .cameraUnusable(path: path, detail: "it cannot be opened in time")
        }
    }

    private static func openDevice(_ path: String) throws(CameraError) -> Int32 {
        let descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT, ENOTDIR, ENODEV, ENXIO: throw .cameraMissing(path: path)
            default:
                throw .cameraUnusable(path: path, detail: String(cString: strerror(errno)))
            }
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else {
            close(descriptor)
            throw .cameraUnusable(path: path, detail: "it is not a device")
        }
        return descriptor
    }

    private func lookAtFrame(
        _ child: ScannerChild, _ path: String, _ timeout: Int
    ) throws(CameraError) -> ScannerView {
        number &+= 1
        let name = "\(path) frame \(frames + 1)"
        let timeout = min(max(timeout, 0), ScannerWire.maximumTimeoutMilliseconds)
        do throws(ScannerChannelError) {
            let order = ScannerOrder.look(number: number, timeoutMilliseconds: timeout)
            try child.channel.send(order.encoded)
        } catch {
            throw .decoderDied(name: name, detail: replace())
        }
        let outcome = collect(
            from: child, idleMilliseconds: timeout + limits.graceMilliseconds,
            frameMilliseconds: limits.frameMilliseconds)
        switch outcome {
        case .looked(let symbols): return .looked(symbols, name: name)
        case .nothingNew: return .nothingNew
        case .ended: return .ended
        case .tooSlow(let milliseconds):
            return .unreadable(.decoderTooSlow(name: name, milliseconds: milliseconds), name: name)
        case .died(let how):
            return .unreadable(.decoderDied(name: name, detail: how), name: name)
        case .failed(let failure):
            // One damaged picture of a camera is passed over; anything else ends this opening.
            if failure.kind == .pictureDamaged {
                return .unreadable(failure.cameraError(name), name: name)
            }
            isOpen = false
            opened = nil
            let error = failure.cameraError(path)
            // A stream that is broken stays so: it is not read on from somewhere in its middle.
            if case .stream = source, failure.endsStream { broken = error }
            throw error
        }
    }

    // MARK: Answers

    private enum Outcome {
        case looked([DecodedSymbol])
        case nothingNew
        case ended
        case failed(ScannerFailure)
        case tooSlow(milliseconds: Int)
        case died(String)
    }

    /// Takes in reports until the look that was ordered last is answered; whatever makes no sense,
    /// or takes too long, is the end of the process.
    private func collect(
        from child: ScannerChild, idleMilliseconds: Int, frameMilliseconds: Int
    ) -> Outcome {
        var symbols: [DecodedSymbol] = []
        var watch = FrameWatch.idle(milliseconds: idleMilliseconds)
        while true {
            let datagram: ScannerDatagram?
            do throws(ScannerChannelError) {
                datagram = try child.channel.receive(timeoutMilliseconds: watch.wait(for: child))
            } catch {
                return .died(replace())
            }
            guard let datagram else {
                guard watch.isOver(for: child) else { continue }
                _ = replace()
                return .tooSlow(milliseconds: watch.elapsed)
            }
            switch Self.report(datagram) {
            case .frame(number, _):
                watch = .frame(
                    milliseconds: frameMilliseconds, wallFactor: limits.wallFactor, of: child)
            case .streamHeader(let header): stream?.header = header
            case .symbol(let symbol) where symbols.count < ScannerWire.maximumSymbolsPerFrame:
                symbols.append(DecodedSymbol(symbol))
            case .looked(number, let facts):
                lastFacts = facts
                return .looked(symbols)
            case .nothingNew(number): return .nothingNew
            case .ended(number): return .ended
            case .failed(number, let failure): return .failed(failure)
            default:
                _ = replace()
                return .died("an answer that makes no sense")
            }
        }
    }
}
