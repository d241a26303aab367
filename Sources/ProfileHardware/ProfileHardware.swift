public import EngineScanner
public import HardwareProfiles
internal import ScanEngines
public import ScannerProtocol
internal import SysfsMachine
internal import YAMLHardwareProfiles

// Which hardware profile holds, and what it says in the words of the adapters that do it.

extension HardwareProfile {
    /// The profile in the file at `path`, where one is named; else what the installed profiles and
    /// the machine's drop-ins say of this machine.
    public static func holding(at path: String?) throws(ProfileError) -> HardwareProfile {
        if let path { return try YAMLHardwareProfiles.load(path: path) }
        let folders = YAMLHardwareProfiles.folders
        return try YAMLHardwareProfiles.choose(
            for: SysfsMachine.identity(), installed: folders[0], dropIns: folders[1]
        ).profile()
    }
}

extension StreamFormat {
    /// The same, in the scanner's words.
    public var layout: StreamLayout {
        switch self {
        case .y4m: .y4m
        case .grey(let width, let height): .grey(width: width, height: height)
        }
    }
}

extension DeviceCamera {
    /// The same, in the scanner's words.
    public var request: CameraRequest {
        CameraRequest(
            width: width, height: height, framesPerSecond: framesPerSecond,
            format: format.flatMap { CameraFormat(name: $0.rawValue) },
            controls: controls.map { CameraControlSetting(id: $0.id, value: $0.value) })
    }
}

extension ScanEngineProfile {
    /// A scanner of the engine.
    public func scanner() -> EngineScanner {
        EngineScanner(path: path, connection: connection.ofEngine)
    }
}

extension ScanEngineProfile.Connection {
    fileprivate var ofEngine: EngineScanner.Connection {
        switch self {
        case .keyboard: .keyboard
        case .posReports: .posReports
        case .serial(let line):
            .serial(
                SerialLine(
                    bitsPerSecond: line.baud, ending: line.terminator.ending,
                    triggerOn: line.triggerOn, triggerOff: line.triggerOff))
        }
    }
}

extension ScanEngineProfile.Terminator {
    fileprivate var ending: CodeLines.Ending {
        switch self {
        case .carriageReturn: .carriageReturn
        case .lineFeed: .lineFeed
        case .both: .both
        case .pause: .pause
        }
    }
}
