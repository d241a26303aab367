import CairoDisplay
import CommandSupport
import FileCamera
import Foundation
import HardwareProfiles
import LinuxSignals
import ProcessScanner
import ProfileHardware
import QRencodeEncoder
import Screens
import Terminal
import ZBarDecoder

/// What a hardware profile names.
struct Hardware: Sendable {
    let display: any Display
    /// How bright the customer's screens are.
    let theme: ScreenTheme
    /// What tells verdicts without a picture; nil: nothing does.
    let signals: (any VerdictSignals)?
    private let camera: CameraProfile
    private let scanEngine: ScanEngineProfile?
    private let scannerProgram: String
    private let limits: ScannerLimits

    /// Whether there is a camera: a scan engine alone may read the codes.
    var hasCamera: Bool { camera != .none }

    /// Whether there is a scan engine.
    var hasScanEngine: Bool { scanEngine != nil }

    /// Whether frames come whether they are looked at or not.
    var isLive: Bool {
        switch camera {
        case .folder, .none: false
        case .pipe, .device: true
        }
    }

    init(
        _ profile: HardwareProfile, signals: SignalChoice, scannerProgram: String,
        limits: ScannerLimits
    ) throws {
        self.signals = signals.signals(of: profile)
        camera = profile.camera
        scanEngine = profile.scanEngine
        theme = ScreenTheme(rawValue: profile.theme.rawValue) ?? .light
        self.scannerProgram = scannerProgram
        self.limits = limits
        switch profile.display {
        case .png(let path, let width, let height):
            display = PNGDisplay(file: path, width: width, height: height, theme: theme)
        case .drm(let path, let connector, let size, let rotation):
            display = try Self.opened { [theme] () throws(DisplayError) in
                try KMSDisplay(
                    KMSDisplay.Choice(
                        path: path, connector: connector,
                        size: size.map { ($0.width, $0.height) },
                        rotation: DisplayRotation(rawValue: rotation) ?? .none, theme: theme))
            }
        case .framebuffer(let path, let rotation):
            display = try Self.opened { [theme] () throws(DisplayError) in
                try FramebufferDisplay(
                    path: path, rotation: DisplayRotation(rawValue: rotation) ?? .none,
                    theme: theme)
            }
        case .none: display = NoScreen()
        }
        if case .folder(let path) = camera {
            do {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true)
            } catch {
                throw CommandFailure(
                    reason: "folder-not-writable",
                    message: "The camera's folder \(path) cannot be made. No payments can be "
                        + "taken. Check its parent's owner and mode.")
            }
        }
    }

    /// A display that is a device, or why there is none: a kiosk without its screen shows no QR code
    /// and no verdict, and does not start.
    private static func opened(_ open: () throws(DisplayError) -> any Display) throws
        -> any Display
    {
        do throws(DisplayError) { return try open() } catch {
            throw CommandFailure(
                reason: error.reason,
                message: error.message + " tilld does not start. Look at `tillctl display list`, "
                    + "plug the panel in, or name another in the hardware profile.")
        }
    }

    /// Makes the scan engine's scanner; nil where there is none. For the engine's thread alone.
    func makeEngineScanner() -> (any Terminal.Scanner)? {
        scanEngine?.scanner()
    }

    /// Makes the camera's scanner, whose decoder runs in a process of its own; nil where there is
    /// no camera. For the scanner's thread alone.
    func makeScanner(note: @escaping (ScannerNote) -> Void) throws(CameraError)
        -> (any Terminal.Scanner)?
    {
        let source: ProcessScanner.Source
        switch camera {
        case .none: return nil
        case .folder(let path): source = .pictures(try WatchedFolder(folder: path))
        case .pipe(let path, let format): source = .stream(path: path, format.layout)
        case .device(let device): source = .camera(path: device.path, device.request)
        }
        return ProcessScanner(
            program: scannerProgram, source: source, limits: limits, note: note)
    }
}

/// The kernel's random bytes.
struct SystemRandom: RandomSource {
    func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

/// Makes the shop QR (byte mode), the refund voucher's and the receipt's (alphanumeric, level M).
struct ShopEncoder: ShopSymbolEncoder {
    func symbols(for payload: String) -> any Sequence<SymbolMatrix> {
        SymbolEncoder.variants([UInt8](payload.utf8), mode: .byte)
    }

    func symbol(forText text: String) -> SymbolMatrix? {
        try? SymbolEncoder.encode([UInt8](text.utf8), mode: .alphanumeric, level: .medium)
    }
}

/// Reads the terminal's own pictures with the decoder that reads the camera, in this process:
/// nobody else has drawn them.
struct ZBarScreenReader: ScreenReader {
    func read(_ picture: LumaFrame) -> [[UInt8]] {
        HarshReader().read(picture)
    }
}

/// No customer's screen: the shop QR is still made, read back, and printed by `tillctl`.
struct NoScreen: Display {
    /// The side of a picture that any shop QR fits into at 4 pixels a module.
    private static let side = 1_024

    var path: String? { nil }

    func picture(of screen: Screen) throws(DisplayError) -> LumaFrame {
        try PNGDisplay(file: "", width: Self.side, height: Self.side).picture(of: screen)
    }

    func show(_ screen: Screen) throws(DisplayError) {}
}
